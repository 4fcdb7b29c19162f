package io.prism.objectstore.testing;

import io.prism.starter.testing.FreePort;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import org.gaul.s3proxy.BlobStores;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Request;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.S3Object;

/**
 * What stands in for S3: s3proxy over a file system in memory. It checks signatures, and can be
 * stopped and started again with what it holds.
 */
public final class S3Stand implements AutoCloseable {

  private static final String ACCESS_KEY = "prism-test";
  private static final String SECRET_KEY = "prism-test-secret";

  private final int port = FreePort.find();
  private final GatedBlobs blobs;
  private S3Proxy server;

  public S3Stand() {
    this("transient-nio2", new Properties());
  }

  private S3Stand(String provider, Properties properties) {
    blobs = new GatedBlobs(BlobStores.create(provider, properties));
    server = launch();
  }

  /** One over a folder, for what is too large for memory. */
  public static S3Stand onDisk() {
    try {
      Path folder = Files.createTempDirectory(Path.of("target").toAbsolutePath(), "s3");
      Properties properties = new Properties();
      properties.setProperty("jclouds.filesystem.basedir", folder.toString());
      return new S3Stand("filesystem-nio2", properties);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private S3Proxy launch() {
    try {
      S3Proxy started =
          S3Proxy.builder()
              .blobStore(blobs)
              .endpoint(URI.create(url()))
              .awsAuthentication(AuthenticationType.AWS_V4, ACCESS_KEY, SECRET_KEY)
              .v4MaxNonChunkedRequestSize(64L * 1024 * 1024)
              .v4MaxChunkSize(64 * 1024 * 1024)
              .build();
      started.start();
      return started;
    } catch (Exception e) {
      throw new IllegalStateException("s3proxy does not start", e);
    }
  }

  public String url() {
    return "http://127.0.0.1:" + port;
  }

  /** What a service over it is configured with. */
  public List<String> properties() {
    return List.of(
        "prism.objectstore.store=s3",
        "prism.objectstore.s3.endpoint=" + url(),
        "prism.objectstore.s3.path-style=true",
        "prism.objectstore.s3.access-key=" + ACCESS_KEY,
        "prism.objectstore.s3.secret-key=" + SECRET_KEY);
  }

  /** What it holds, past its protocol. */
  public GatedBlobs blobs() {
    return blobs;
  }

  /** Keys that begin with a prefix. */
  public List<String> keys(String bucket, String prefix) {
    return blobs
        .list(ListObjectsV2Request.builder().bucket(bucket).prefix(prefix).build())
        .contents()
        .stream()
        .map(S3Object::key)
        .toList();
  }

  /** Begins an upload that nobody completes. */
  public void leaveUpload(String bucket, String key) {
    try (S3AsyncClient client =
        S3AsyncClient.builder()
            .endpointOverride(URI.create(url()))
            .forcePathStyle(true)
            .region(Region.US_EAST_1)
            .credentialsProvider(
                StaticCredentialsProvider.create(
                    AwsBasicCredentials.create(ACCESS_KEY, SECRET_KEY)))
            .build()) {
      client.createMultipartUpload(upload -> upload.bucket(bucket).key(key)).join();
    }
  }

  /** Uploads that are neither completed nor aborted. */
  public List<?> uploads() {
    return blobs.containerExists("prism") ? blobs.listMultipartUploads("prism") : List.of();
  }

  /** Makes a bucket if there is none. */
  public void createBucket(String bucket) {
    if (!blobs.containerExists(bucket)) {
      blobs.createContainer(bucket);
    }
  }

  /** Stores an empty object. */
  public void putPastTheProtocol(String bucket, String key) {
    blobs.putBlob(
        PutObjectRequest.builder().bucket(bucket).key(key).contentLength(0L).build(),
        InputStream.nullInputStream());
  }

  public void stop() {
    try {
      server.stop();
    } catch (Exception e) {
      throw new IllegalStateException("s3proxy does not stop", e);
    }
  }

  public void start() {
    server = launch();
  }

  @Override
  public void close() {
    stop();
    blobs.close();
  }
}
