package io.prism.bench.deployment;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import org.gaul.s3proxy.BlobStores;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;

/** The process of {@link S3Engine}. It ends with the one that started it. */
final class S3Server {
  /** The environment variables that name its keys, which are not for everybody to see. */
  static final String ACCESS_KEY = "PRISM_BENCH_S3_ACCESS_KEY";

  static final String SECRET_KEY = "PRISM_BENCH_S3_SECRET_KEY";

  // Larger than any object of a scenario.
  private static final int MAX_REQUEST_BYTES = 128 * 1024 * 1024;

  private S3Server() {}

  /** A file that is there once the server answers. */
  static Path ready(Path folder) {
    return folder.resolve("ready");
  }

  /** Takes the folder for its data, and a port. */
  public static void main(String[] arguments) throws Exception {
    ParentWatch.start();
    Path folder = Path.of(arguments[0]);
    Properties properties = new Properties();
    properties.setProperty(
        "jclouds.filesystem.basedir",
        Files.createDirectories(folder.resolve("objects")).toString());
    S3Proxy server =
        S3Proxy.builder()
            .blobStore(BlobStores.create("filesystem-nio2", properties))
            .endpoint(URI.create("http://127.0.0.1:" + Integer.parseInt(arguments[1])))
            .awsAuthentication(
                AuthenticationType.AWS_V4, System.getenv(ACCESS_KEY), System.getenv(SECRET_KEY))
            .v4MaxNonChunkedRequestSize(MAX_REQUEST_BYTES)
            .v4MaxChunkSize(MAX_REQUEST_BYTES)
            .build();
    server.start();
    Files.createFile(ready(folder));
  }
}
