package io.prism.bench.objectstore;

import io.prism.bench.deployment.S3Access;
import io.prism.bench.load.Attempt;
import io.prism.bench.load.WorkNotDone;
import io.prism.bench.scenario.Bench;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.async.AsyncRequestBody;
import software.amazon.awssdk.core.async.AsyncResponseTransformer;
import software.amazon.awssdk.core.async.ResponsePublisher;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.client.config.SdkAdvancedAsyncClientOption;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.model.BucketAlreadyOwnedByYouException;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;

/** Objects by the AWS SDK, whose client is made like the service's. */
final class DirectObjects {
  private static final String BUCKET = "directly";

  private final ObjectSize size;
  private final S3AsyncClient s3;
  private final byte[] content;
  private final AtomicInteger next = new AtomicInteger();

  DirectObjects(Bench bench, ObjectSize size) throws InterruptedException {
    this.size = size;
    this.s3 = bench.closeLater(connect(bench.deployment().s3()));
    this.content = size.content();
    createBucket();
  }

  static S3AsyncClient connect(S3Access access) {
    return S3AsyncClient.builder()
        .endpointOverride(access.endpoint())
        .forcePathStyle(true)
        .region(Region.US_EAST_1)
        .credentialsProvider(
            StaticCredentialsProvider.create(
                AwsBasicCredentials.create(access.accessKey(), access.secretKey())))
        .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
        .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
        .asyncConfiguration(
            async ->
                async.advancedOption(
                    SdkAdvancedAsyncClientOption.FUTURE_COMPLETION_EXECUTOR, Runnable::run))
        .httpClientBuilder(NettyNioAsyncHttpClient.builder())
        .build();
  }

  private void createBucket() {
    try {
      var _ = s3.createBucket(bucket -> bucket.bucket(BUCKET)).join();
    } catch (CompletionException e) {
      if (!(e.getCause() instanceof BucketAlreadyOwnedByYouException)) {
        throw e;
      }
    }
  }

  /** These, with all objects stored. */
  DirectObjects filled(Bench bench) throws InterruptedException {
    size.fill(bench, this::put);
    return this;
  }

  void put(Attempt attempt) {
    String key = size.key(next.getAndIncrement());
    end(
        attempt,
        s3.putObject(put -> put.bucket(BUCKET).key(key), AsyncRequestBody.fromBytesUnsafe(content)),
        answer -> Optional.empty());
  }

  void get(Attempt attempt) {
    String key = size.key(next.getAndIncrement());
    end(
        attempt,
        s3.getObject(get -> get.bucket(BUCKET).key(key), AsyncResponseTransformer.toPublisher())
            .thenCompose(DirectObjects::length),
        size::defect);
  }

  private static CompletableFuture<Long> length(ResponsePublisher<GetObjectResponse> answer) {
    AtomicLong bytes = new AtomicLong();
    return answer
        .subscribe((ByteBuffer buffer) -> bytes.addAndGet(buffer.remaining()))
        .thenApply(all -> bytes.get());
  }

  private static <T> void end(
      Attempt attempt, CompletableFuture<T> result, Function<T, Optional<String>> defect) {
    var _ =
        result.whenComplete(
            (answer, failure) -> {
              if (failure != null) {
                attempt.failed(failure);
              } else {
                defect
                    .apply(answer)
                    .ifPresentOrElse(
                        what -> attempt.failed(new WorkNotDone(what)), attempt::succeeded);
              }
            });
  }
}
