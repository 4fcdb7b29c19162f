package io.prism.objectstore.s3;

import io.prism.starter.backend.BackendGuard;
import io.prism.starter.observe.BackendProbe;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.AwsRequestOverrideConfiguration;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.client.config.SdkAdvancedAsyncClientOption;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.retries.StandardRetryStrategy;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.S3Configuration;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;

/** The connection with S3. */
public final class S3Link implements AutoCloseable, BackendProbe {

  private static final int ATTEMPTS = 3;
  private static final int NOT_FOUND = 404;
  private static final int FORBIDDEN = 403;
  private static final Duration PROBE_LIMIT = Duration.ofSeconds(3);

  /** Longer than any pause of a server that works; a slow reader is told of by its own clock. */
  private static final Duration IDLE_LIMIT = Duration.ofSeconds(60);

  private final S3Settings settings;
  private final BackendGuard guard;
  private final S3AsyncClient client;
  private final S3Presigner presigner;

  public S3Link(S3Settings settings, BackendGuard guard) {
    this.settings = settings;
    this.guard = guard;
    AwsCredentialsProvider credentials = credentials(settings);
    Region region = Region.of(settings.region());
    this.client =
        S3AsyncClient.builder()
            .credentialsProvider(credentials)
            .region(region)
            .endpointOverride(settings.endpoint())
            .forcePathStyle(settings.pathStyle())
            .requestChecksumCalculation(
                settings.alwaysChecksums()
                    ? RequestChecksumCalculation.WHEN_SUPPORTED
                    : RequestChecksumCalculation.WHEN_REQUIRED)
            .responseChecksumValidation(
                settings.alwaysChecksums()
                    ? ResponseChecksumValidation.WHEN_SUPPORTED
                    : ResponseChecksumValidation.WHEN_REQUIRED)
            .overrideConfiguration(
                override ->
                    override
                        .apiCallTimeout(settings.timeLimit())
                        .retryStrategy(
                            StandardRetryStrategy.builder().maxAttempts(ATTEMPTS).build()))
            // Nothing that follows a result blocks, so no further thread is needed for it.
            .asyncConfiguration(
                async ->
                    async.advancedOption(
                        SdkAdvancedAsyncClientOption.FUTURE_COMPLETION_EXECUTOR, Runnable::run))
            .httpClientBuilder(
                NettyNioAsyncHttpClient.builder()
                    .maxConcurrency(settings.maxConnections())
                    .connectionTimeout(settings.connectTimeout())
                    .connectionAcquisitionTimeout(settings.timeLimit())
                    .readTimeout(IDLE_LIMIT)
                    .writeTimeout(IDLE_LIMIT))
            .build();
    this.presigner = presigner(settings, credentials, region);
  }

  private static S3Presigner presigner(
      S3Settings settings, AwsCredentialsProvider credentials, Region region) {
    URI endpoint = settings.publicEndpoint();
    return S3Presigner.builder()
        .credentialsProvider(credentials)
        .region(region)
        .endpointOverride(endpoint == null ? settings.endpoint() : endpoint)
        .serviceConfiguration(
            S3Configuration.builder().pathStyleAccessEnabled(settings.pathStyle()).build())
        .build();
  }

  private static AwsCredentialsProvider credentials(S3Settings settings) {
    String accessKey = settings.accessKey();
    String secretKey = settings.secretKey();
    return accessKey == null || secretKey == null
        ? DefaultCredentialsProvider.builder().build()
        : StaticCredentialsProvider.create(AwsBasicCredentials.create(accessKey, secretKey));
  }

  S3Settings settings() {
    return settings;
  }

  S3Presigner presigner() {
    return presigner;
  }

  /** Makes a call, with the guard around it; S3's own failures come out as they are. */
  <T> CompletableFuture<T> call(
      String operation, Function<S3AsyncClient, CompletableFuture<T>> work) {
    return guard.callAsync(operation, () -> work.apply(client));
  }

  /** For a request whose time limit is not that of most. */
  static AwsRequestOverrideConfiguration within(Duration limit) {
    return AwsRequestOverrideConfiguration.builder().apiCallTimeout(limit).build();
  }

  @Override
  public String name() {
    return "s3";
  }

  @Override
  public void check() throws Exception {
    try {
      client
          .headBucket(bucket -> bucket.bucket(settings.bucket()))
          .get(PROBE_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      if (!isAnswer(e.getCause())) {
        throw e;
      }
    }
  }

  /**
   * A bucket is made on first use; the one that only begins the names of others need not be ours.
   */
  private boolean isAnswer(@Nullable Throwable failure) {
    return failure instanceof S3Exception s3
        && (s3.statusCode() == NOT_FOUND
            || (settings.bucketPerNamespace() && s3.statusCode() == FORBIDDEN));
  }

  @Override
  public void close() {
    presigner.close();
    client.close();
  }
}
