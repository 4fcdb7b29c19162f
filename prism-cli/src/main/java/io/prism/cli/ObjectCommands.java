package io.prism.cli;

import static io.prism.cli.Output.cells;

import com.google.protobuf.ByteString;
import io.grpc.StatusException;
import io.grpc.stub.BlockingClientCall;
import io.prism.objectstore.v1.DeleteObjectRequest;
import io.prism.objectstore.v1.GetObjectRequest;
import io.prism.objectstore.v1.GetObjectResponse;
import io.prism.objectstore.v1.HeadObjectRequest;
import io.prism.objectstore.v1.HttpMethod;
import io.prism.objectstore.v1.ListObjectsRequest;
import io.prism.objectstore.v1.ObjectStoreServiceGrpc;
import io.prism.objectstore.v1.PresignedURLRequest;
import io.prism.objectstore.v1.PutObjectRequest;
import io.prism.objectstore.v1.PutObjectResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "objects", description = "Objects of any size, on S3.")
final class ObjectCommands {

  private static final int CHUNK = 256 * 1024;

  /** What a presigned URL is for. */
  enum Method {
    GET(HttpMethod.HTTP_METHOD_GET),
    PUT(HttpMethod.HTTP_METHOD_PUT),
    DELETE(HttpMethod.HTTP_METHOD_DELETE);

    private final HttpMethod method;

    Method(HttpMethod method) {
      this.method = method;
    }
  }

  private final PrismCli prism;

  ObjectCommands(PrismCli prism) {
    this.prism = prism;
  }

  @Command(description = "Stores a file.")
  int put(
      @Parameters(paramLabel = "BUCKET") String bucket,
      @Parameters(paramLabel = "KEY") String key,
      @Parameters(paramLabel = "FILE", description = "- reads standard input") String file,
      @Option(names = "--type", paramLabel = "MEDIA-TYPE") Optional<String> type,
      @Option(names = "--ttl", paramLabel = "TIME", description = "time to live")
          Optional<Duration> ttl)
      throws Exception {
    PutObjectRequest.Builder first = PutObjectRequest.newBuilder().setBucket(bucket).setKey(key);
    type.ifPresent(first::setContentType);
    ttl.ifPresent(time -> first.setTtlSeconds(time.toSeconds()));
    return prism.run(
        channel -> {
          try (InputStream in =
              file.equals("-") ? prism.in() : Files.newInputStream(Path.of(file))) {
            BlockingClientCall<PutObjectRequest, PutObjectResponse> call =
                ObjectStoreServiceGrpc.newBlockingV2Stub(channel).putObject();
            prism
                .output()
                .say(
                    send(call, first, in),
                    stored ->
                        "%d bytes, sha256 %s".formatted(stored.getSizeBytes(), stored.getSha256()));
          }
          return 0;
        });
  }

  /** Sends as fast as it is taken, and no further when the call has ended before. */
  private static PutObjectResponse send(
      BlockingClientCall<PutObjectRequest, PutObjectResponse> call,
      PutObjectRequest.Builder first,
      InputStream in)
      throws IOException, InterruptedException, StatusException {
    PutObjectRequest.Builder next = first;
    byte[] chunk = in.readNBytes(CHUNK);
    do {
      if (!call.write(next.setChunk(ByteString.copyFrom(chunk)).build())) {
        break;
      }
      next = PutObjectRequest.newBuilder();
      chunk = in.readNBytes(CHUNK);
    } while (chunk.length > 0);
    call.halfClose();
    PutObjectResponse answer = call.read();
    if (answer == null) {
      throw new IllegalStateException("the service has ended the upload without an answer");
    }
    return answer;
  }

  @Command(description = "Fetches an object into a file, which is there only when it is whole.")
  int get(
      @Parameters(paramLabel = "BUCKET") String bucket,
      @Parameters(paramLabel = "KEY") String key,
      @Parameters(paramLabel = "FILE", description = "- writes to standard output") String file)
      throws Exception {
    GetObjectRequest request = GetObjectRequest.newBuilder().setBucket(bucket).setKey(key).build();
    return prism.run(
        channel -> {
          BlockingClientCall<?, GetObjectResponse> call =
              ObjectStoreServiceGrpc.newBlockingV2Stub(channel).getObject(request);
          if (file.equals("-")) {
            receive(call, System.out);
            return 0;
          }
          Path target = Path.of(file).toAbsolutePath();
          Path part = Files.createTempFile(target.getParent(), ".prism", ".part");
          try {
            try (OutputStream out = Files.newOutputStream(part)) {
              receive(call, out);
            }
            Files.move(part, target, StandardCopyOption.REPLACE_EXISTING);
          } finally {
            Files.deleteIfExists(part);
          }
          return 0;
        });
  }

  private static void receive(BlockingClientCall<?, GetObjectResponse> call, OutputStream out)
      throws IOException, InterruptedException, StatusException {
    for (GetObjectResponse chunk = call.read(); chunk != null; chunk = call.read()) {
      chunk.getChunk().writeTo(out);
    }
    out.flush();
  }

  @Command(description = "Lists objects.")
  int list(
      @Parameters(paramLabel = "BUCKET") String bucket,
      @Parameters(paramLabel = "PREFIX", arity = "0..1", defaultValue = "") String prefix,
      @Option(
              names = "--limit",
              paramLabel = "N",
              defaultValue = "1000",
              description = "most objects: ${DEFAULT-VALUE}")
          int limit)
      throws Exception {
    return prism.table(
        channel ->
            ObjectStoreServiceGrpc.newBlockingStub(channel)
                .listObjects(
                    ListObjectsRequest.newBuilder()
                        .setBucket(bucket)
                        .setPrefix(prefix)
                        .setMaxResults(limit)
                        .build())
                .getObjectsList(),
        List.of("KEY", "BYTES", "MODIFIED", "TYPE"),
        object ->
            cells(
                object.getKey(),
                object.getSizeBytes(),
                Times.text(object.getLastModified()),
                object.getContentType()));
  }

  @Command(description = "Shows what is known of an object.")
  int head(
      @Parameters(paramLabel = "BUCKET") String bucket, @Parameters(paramLabel = "KEY") String key)
      throws Exception {
    return prism.say(
        channel ->
            ObjectStoreServiceGrpc.newBlockingStub(channel)
                .headObject(HeadObjectRequest.newBuilder().setBucket(bucket).setKey(key).build()),
        head ->
            "%d bytes, %s, etag %s, sha256 %s"
                .formatted(
                    head.getObject().getSizeBytes(),
                    head.getObject().getContentType(),
                    head.getObject().getEtag(),
                    head.getSha256()));
  }

  @Command(description = "Deletes an object.")
  int delete(
      @Parameters(paramLabel = "BUCKET") String bucket, @Parameters(paramLabel = "KEY") String key)
      throws Exception {
    return prism.say(
        channel ->
            ObjectStoreServiceGrpc.newBlockingStub(channel)
                .deleteObject(
                    DeleteObjectRequest.newBuilder().setBucket(bucket).setKey(key).build()),
        answer -> answer.getDeleted() ? "deleted" : "was not there");
  }

  @Command(description = "Prints a URL by which an HTTP client reads or writes an object.")
  int url(
      @Parameters(paramLabel = "BUCKET") String bucket,
      @Parameters(paramLabel = "KEY") String key,
      @Option(
              names = "--method",
              paramLabel = "METHOD",
              defaultValue = "GET",
              description = "${COMPLETION-CANDIDATES}; ${DEFAULT-VALUE}")
          Method method,
      @Option(
              names = "--for",
              paramLabel = "TIME",
              defaultValue = "15m",
              description = "how long it works: ${DEFAULT-VALUE}")
          Duration time)
      throws Exception {
    return prism.say(
        channel ->
            ObjectStoreServiceGrpc.newBlockingStub(channel)
                .getPresignedURL(
                    PresignedURLRequest.newBuilder()
                        .setBucket(bucket)
                        .setKey(key)
                        .setMethod(method.method)
                        .setExpiresIn(Times.proto(time))
                        .build()),
        answer -> answer.getUrl());
  }
}
