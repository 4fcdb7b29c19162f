package io.prism.objectstore.s3;

import io.prism.objectstore.domain.MultipartUpload;
import io.prism.objectstore.domain.PutResult;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;
import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.UploadPartRequest;

/** An upload in parts, as S3 has it. */
final class S3Upload implements MultipartUpload {

  /** Where an upload goes. */
  record Target(String bucket, String key, String uploadId) {}

  private final S3Link link;
  private final Aborts aborts;
  private final Target target;
  private final boolean onlyIfNotExists;
  private final Supplier<CompletableFuture<Void>> beforeVisible;
  private final Function<Supplier<CompletableFuture<PutResult>>, CompletableFuture<PutResult>>
      settling;

  /** Added to and read by one step after the other. */
  private final List<CompletedPart> parts = new ArrayList<>();

  /**
   * @param beforeVisible what has to be there before the object is
   * @param settling what does the completing, again if need be
   */
  S3Upload(
      S3Link link,
      Aborts aborts,
      Target target,
      boolean onlyIfNotExists,
      Supplier<CompletableFuture<Void>> beforeVisible,
      Function<Supplier<CompletableFuture<PutResult>>, CompletableFuture<PutResult>> settling) {
    this.link = link;
    this.aborts = aborts;
    this.target = target;
    this.onlyIfNotExists = onlyIfNotExists;
    this.beforeVisible = beforeVisible;
    this.settling = settling;
  }

  @Override
  public CompletableFuture<Void> part(int number, List<ByteBuffer> content) {
    UploadPartRequest request =
        UploadPartRequest.builder()
            .bucket(target.bucket())
            .key(target.key())
            .uploadId(target.uploadId())
            .partNumber(number)
            .contentLength(content.stream().mapToLong(ByteBuffer::remaining).sum())
            .overrideConfiguration(S3Link.within(link.settings().partTimeLimit()))
            .build();
    return link.call("put_part", client -> client.uploadPart(request, S3Bodies.of(content)))
        .thenAccept(
            stored ->
                parts.add(
                    CompletedPart.builder()
                        .partNumber(number)
                        .eTag(stored.eTag())
                        .checksumCRC32(stored.checksumCRC32())
                        .build()))
        .exceptionally(
            failure -> {
              throw S3Failures.translated(failure);
            });
  }

  @Override
  public CompletableFuture<PutResult> complete(String sha256) {
    CompleteMultipartUploadRequest request =
        CompleteMultipartUploadRequest.builder()
            .bucket(target.bucket())
            .key(target.key())
            .uploadId(target.uploadId())
            .multipartUpload(completed -> completed.parts(List.copyOf(parts)))
            .ifNoneMatch(onlyIfNotExists ? "*" : null)
            .overrideConfiguration(S3Link.within(link.settings().completeTimeLimit()))
            .build();
    return beforeVisible
        .get()
        .thenCompose(
            ready ->
                settling.apply(
                    () ->
                        link.call(
                                "complete_upload",
                                client -> client.completeMultipartUpload(request))
                            .thenApply(
                                response ->
                                    S3ObjectStore.result(response.eTag(), response.versionId()))))
        .exceptionally(
            failure -> {
              throw S3Failures.translated(failure);
            });
  }

  @Override
  public CompletableFuture<Void> abort() {
    return aborts.abort(target);
  }
}
