package io.prism.objectstore;

import static io.prism.objectstore.testing.Client.first;
import static io.prism.objectstore.testing.Client.request;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.prism.objectstore.domain.UploadMemory;
import io.prism.objectstore.testing.Client;
import io.prism.objectstore.testing.Download;
import io.prism.objectstore.testing.FilesStand;
import io.prism.objectstore.testing.Fixture;
import io.prism.objectstore.testing.S3Stand;
import io.prism.objectstore.testing.UploadStream;
import io.prism.objectstore.v1.PutObjectRequest;
import io.prism.objectstore.v1.PutObjectResponse;
import io.prism.starter.testing.Await;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.springframework.util.unit.DataSize;

/**
 * Objects larger than the memory that the service may use for them, with a client that pauses now
 * and then. {@code -Dprism.test.large-object=5GB} and a small heap show more of the same; see
 * docs/objectstore.md.
 */
class LargeObjectTest {

  private static final Duration LIMIT = Duration.ofMinutes(30);
  private static final int CHUNK = 256 * 1024;
  private static final int PART = ObjectStoreContract.PART;
  private static final long SIZE =
      DataSize.parse(System.getProperty("prism.test.large-object", "100MB")).toBytes();

  @Test
  void asAFile() {
    upAndDown(new FilesStand().properties());
  }

  @Test
  void inS3() {
    try (S3Stand s3 = S3Stand.onDisk()) {
      upAndDown(s3.properties());
    }
  }

  private static void upAndDown(List<String> store) {
    List<String> properties = new ArrayList<>(store);
    properties.add("prism.objectstore.upload.part-size=5MB");
    try (Fixture fixture = new Fixture(false, properties)) {
      UploadMemory memory = fixture.context().getBean(UploadMemory.class);
      Client client = fixture.client();
      PutObjectResponse put;
      try (UploadStream upload = client.upload()) {
        upload.send(first("large").build());
        for (long sent = 0; sent < SIZE; sent += CHUNK) {
          upload.send(PutObjectRequest.newBuilder().setChunk(chunk(sent)).build());
          assertThat(memory.held()).isLessThanOrEqualTo(2L * PART);
          if (sent % (SIZE / CHUNK / 4 * CHUNK) == 0) {
            pause();
          }
        }
        put = upload.finish();
      }
      assertThat(put.getSizeBytes()).isEqualTo(SIZE / CHUNK * CHUNK);
      assertThat(memory.held()).isZero();
      PausingDigest seen = new PausingDigest();
      try (Download download = new Download(client.async(), request("large").build(), seen)) {
        download.takeAll();
        download.awaitEnd(LIMIT);
        assertThat(download.size()).isEqualTo(put.getSizeBytes());
        assertThat(seen.sha256()).isEqualTo(put.getSha256());
      }
    }
  }

  /** Keeps nothing but the checksum, and pauses now and then. */
  private static final class PausingDigest implements Consumer<ByteString> {

    private final MessageDigest digest;
    private long size;
    private long pauseAt = SIZE / 4;

    PausingDigest() {
      try {
        digest = MessageDigest.getInstance("SHA-256");
      } catch (NoSuchAlgorithmException e) {
        throw new AssertionError(e);
      }
    }

    @Override
    public void accept(ByteString chunk) {
      digest.update(chunk.asReadOnlyByteBuffer());
      size += chunk.size();
      if (size >= pauseAt) {
        pauseAt += SIZE / 4;
        pause();
      }
    }

    String sha256() {
      return HexFormat.of().formatHex(digest.digest());
    }
  }

  /** Bytes that differ from chunk to chunk, so that a mistake of order shows. */
  private static ByteString chunk(long position) {
    byte[] bytes = new byte[CHUNK];
    ByteBuffer.wrap(bytes).putLong(position).putLong(CHUNK - Long.BYTES, ~position);
    return ByteString.copyFrom(bytes);
  }

  private static void pause() {
    AtomicInteger times = new AtomicInteger();
    Await.until("a pause", () -> times.incrementAndGet() > 60);
  }
}
