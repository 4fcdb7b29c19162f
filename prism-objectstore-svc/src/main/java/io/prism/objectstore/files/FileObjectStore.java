package io.prism.objectstore.files;

import io.prism.objectstore.domain.ByteRange;
import io.prism.objectstore.domain.ListQuery;
import io.prism.objectstore.domain.MultipartUpload;
import io.prism.objectstore.domain.NewObject;
import io.prism.objectstore.domain.ObjectContent;
import io.prism.objectstore.domain.ObjectFailures;
import io.prism.objectstore.domain.ObjectName;
import io.prism.objectstore.domain.ObjectPage;
import io.prism.objectstore.domain.ObjectStore;
import io.prism.objectstore.domain.PutResult;
import io.prism.objectstore.domain.SignedUrl;
import io.prism.objectstore.domain.StoredObject;
import io.prism.objectstore.domain.UrlRequest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Objects as files of this machine, for one instance. The index says which file an object is; a
 * file that it does not name is nobody's and is swept. What blocks runs on virtual threads.
 */
public final class FileObjectStore implements ObjectStore, AutoCloseable {

  private static final int ATTEMPTS = 5;
  private static final int BUFFER = 64 * 1024;

  private final ObjectIndex index;
  private final BlobFolder folder;
  private final SignedUrls urls;
  private final Clock clock;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  FileObjectStore(ObjectIndex index, BlobFolder folder, SignedUrls urls, Clock clock) {
    this.index = index;
    this.folder = folder;
    this.urls = urls;
    this.clock = clock;
  }

  @Override
  public long maxObjectBytes(int partBytes) {
    return Long.MAX_VALUE;
  }

  @Override
  public CompletableFuture<PutResult> put(NewObject object, List<ByteBuffer> content) {
    return run(
        () -> {
          String sha256 = object.sha256();
          if (sha256 == null) {
            throw new IllegalArgumentException("an object without its checksum");
          }
          NewBlob blob = NewBlob.create(folder);
          try {
            blob.write(content);
            return store(object, blob, sha256);
          } finally {
            blob.discard();
          }
        });
  }

  @Override
  public CompletableFuture<MultipartUpload> startUpload(NewObject object) {
    return run(
        () -> {
          if (object.onlyIfNotExists() && index.find(object.name()).isPresent()) {
            throw ObjectFailures.alreadyExists(object.name());
          }
          return new FileUpload(NewBlob.create(folder), object);
        });
  }

  /** Makes a file that is written an object. */
  PutResult store(NewObject object, NewBlob blob, String sha256) throws IOException {
    blob.place();
    ObjectIndex.Entry entry = new ObjectIndex.Entry(blob.name(), blob.size(), sha256);
    // If this fails it may have happened all the same: a file that is nobody's is swept.
    ObjectIndex.Replaced replaced = index.put(object, entry, clock.instant());
    if (!replaced.stored()) {
      folder.delete(blob.name());
      throw ObjectFailures.alreadyExists(object.name());
    }
    String before = replaced.blob();
    if (before != null) {
      folder.delete(before);
    }
    return new PutResult(blob.name(), "");
  }

  @Override
  public CompletableFuture<StoredObject> head(ObjectName name) {
    return run(() -> row(name).object());
  }

  private ObjectRow row(ObjectName name) {
    return index
        .find(name)
        .filter(row -> !row.object().isExpired(clock.instant()))
        .orElseThrow(() -> ObjectFailures.notFound(name));
  }

  @Override
  public CompletableFuture<ObjectContent> read(ObjectName name, ByteRange range) {
    return run(
        () -> {
          Opened opened = open(name);
          try {
            long length = range.lengthOf(opened.object().size());
            return new ObjectContent(
                opened.object(), new FileReading(opened.file(), range.start(), length, threads));
          } catch (RuntimeException e) {
            opened.file().close();
            throw e;
          }
        });
  }

  /** An object and its file, which stays what it is whatever happens to the object. */
  record Opened(StoredObject object, FileChannel file) {}

  Opened open(ObjectName name) throws IOException {
    for (int attempt = 1; ; attempt++) {
      ObjectRow row = row(name);
      try {
        return new Opened(row.object(), folder.open(row.blob()));
      } catch (NoSuchFileException e) {
        // Replaced or deleted since the index was asked.
        if (attempt == ATTEMPTS) {
          throw e;
        }
      }
    }
  }

  @Override
  public CompletableFuture<Boolean> delete(ObjectName name) {
    return run(() -> deleteNow(name));
  }

  boolean deleteNow(ObjectName name) throws IOException {
    ObjectIndex.Removed removed = index.remove(name, clock.instant());
    String blob = removed.blob();
    if (blob != null) {
      folder.delete(blob);
    }
    return removed.existed();
  }

  @Override
  public CompletableFuture<ObjectPage> list(ListQuery query) {
    return run(() -> new FileListing(index, query, clock.instant()).page());
  }

  @Override
  public CompletableFuture<SignedUrl> sign(UrlRequest request) {
    return CompletableFuture.completedFuture(urls.sign(request));
  }

  /** Removes what has expired and what uploads have left; blocks, and returns how much it was. */
  public int sweep(Duration leftoverAge) {
    return new FileSweep(index, folder, clock).run(leftoverAge);
  }

  /**
   * Stores what comes from a stream; blocks.
   *
   * @param maxBytes most bytes of it; 0: any
   */
  PutResult receive(NewObject object, InputStream content, long maxBytes) throws IOException {
    MessageDigest digest = sha256();
    NewBlob blob = NewBlob.create(folder);
    try {
      byte[] buffer = new byte[BUFFER];
      for (int read = content.read(buffer); read >= 0; read = content.read(buffer)) {
        digest.update(buffer, 0, read);
        blob.write(List.of(ByteBuffer.wrap(buffer, 0, read)));
        if (maxBytes > 0 && blob.size() > maxBytes) {
          throw ObjectFailures.tooLarge(maxBytes);
        }
      }
      return store(object, blob, HexFormat.of().formatHex(digest.digest()));
    } finally {
      blob.discard();
    }
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("SHA-256 is missing in this JDK", e);
    }
  }

  private <T> CompletableFuture<T> run(Callable<T> work) {
    CompletableFuture<T> result = new CompletableFuture<>();
    threads.execute(
        () -> {
          try {
            result.complete(work.call());
          } catch (Throwable e) {
            result.completeExceptionally(e);
          }
        });
    return result;
  }

  @Override
  public void close() {
    threads.close();
  }

  /** An upload that is written to a file part by part. */
  private final class FileUpload implements MultipartUpload {

    private final NewBlob blob;
    private final NewObject object;

    FileUpload(NewBlob blob, NewObject object) {
      this.blob = blob;
      this.object = object;
    }

    @Override
    public CompletableFuture<Void> part(int number, List<ByteBuffer> content) {
      return run(
          () -> {
            blob.write(content);
            return null;
          });
    }

    @Override
    public CompletableFuture<PutResult> complete(String sha256) {
      return run(() -> store(object, blob, sha256));
    }

    @Override
    public CompletableFuture<Void> abort() {
      return run(
          () -> {
            blob.discard();
            return null;
          });
    }
  }
}
