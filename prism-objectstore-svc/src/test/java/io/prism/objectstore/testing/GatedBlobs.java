package io.prism.objectstore.testing;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.gaul.s3proxy.blobstore.BlobStore;
import org.gaul.s3proxy.blobstore.ForwardingBlobStore;
import org.gaul.s3proxy.blobstore.domain.MultipartUpload;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadResponse;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.UploadPartRequest;
import software.amazon.awssdk.services.s3.model.UploadPartResponse;

/** What stands behind s3proxy, that can be made to wait, to fail, and to tell what is read. */
public final class GatedBlobs extends ForwardingBlobStore {

  private final AtomicLong bytesRead = new AtomicLong();
  private final AtomicInteger partsToFail = new AtomicInteger();
  private volatile CountDownLatch gate = new CountDownLatch(0);
  private final AtomicLong bytesToBreak = new AtomicLong(Long.MAX_VALUE);
  private volatile boolean failCompletion;

  GatedBlobs(BlobStore blobs) {
    super(blobs);
  }

  /** From now on parts wait. */
  public void holdParts() {
    gate = new CountDownLatch(1);
  }

  /** Lets them go on. */
  public void releaseParts() {
    gate.countDown();
  }

  /** The next so many parts fail. */
  public void failParts(int parts) {
    partsToFail.set(parts);
  }

  /** The next answer with an object breaks off after so many bytes. */
  public void breakOffAfter(long bytes) {
    bytesToBreak.set(bytes);
  }

  /** Whether uploads can't be completed. */
  public void failCompletion(boolean fail) {
    failCompletion = fail;
  }

  /** Bytes of objects that were read here. */
  public long bytesRead() {
    return bytesRead.get();
  }

  @Override
  public UploadPartResponse uploadMultipartPart(
      MultipartUpload upload, UploadPartRequest request, InputStream content) {
    try {
      gate.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    if (partsToFail.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
      throw fault();
    }
    return super.uploadMultipartPart(upload, request, content);
  }

  @Override
  public CompleteMultipartUploadResponse completeMultipartUpload(
      MultipartUpload upload, CompleteMultipartUploadRequest request) {
    if (failCompletion) {
      throw fault();
    }
    return super.completeMultipartUpload(upload, request);
  }

  @Override
  public ResponseInputStream<GetObjectResponse> getBlob(GetObjectRequest request) {
    ResponseInputStream<GetObjectResponse> blob = super.getBlob(request);
    return new ResponseInputStream<>(blob.response(), new Counted(blob));
  }

  private static RuntimeException fault() {
    return S3Exception.builder().statusCode(500).message("the test wants this to fail").build();
  }

  private final class Counted extends FilterInputStream {

    Counted(InputStream in) {
      super(in);
    }

    @Override
    public int read() throws IOException {
      int read = super.read();
      bytesRead.addAndGet(read < 0 ? 0 : 1);
      return read;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      long left = bytesToBreak.get();
      if (left < length) {
        bytesToBreak.set(Long.MAX_VALUE);
        throw new IOException("the test wants this answer to break off");
      }
      int read = super.read(buffer, offset, length);
      if (left != Long.MAX_VALUE) {
        bytesToBreak.addAndGet(-Math.max(0, read));
      }
      bytesRead.addAndGet(Math.max(0, read));
      return read;
    }
  }
}
