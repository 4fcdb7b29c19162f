package io.prism.objectstore;

import static io.prism.objectstore.testing.Client.first;
import static io.prism.objectstore.testing.Client.request;
import static io.prism.starter.testing.Failures.failsWith;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.grpc.StatusRuntimeException;
import io.prism.objectstore.domain.ObjectStoreReason;
import io.prism.objectstore.domain.UploadMemory;
import io.prism.objectstore.testing.Client;
import io.prism.objectstore.testing.Download;
import io.prism.objectstore.testing.Fixture;
import io.prism.objectstore.testing.S3Stand;
import io.prism.objectstore.testing.UploadStream;
import io.prism.objectstore.v1.PutObjectRequest;
import io.prism.starter.error.CallReason;
import io.prism.starter.testing.Await;
import io.prism.starter.testing.Failures;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Streams when S3 or the client is slow, fails, or goes away. */
class S3StreamsTest {

  private static final int PART = ObjectStoreContract.PART;
  private static final int CHUNK = 64 * 1024;

  /** What is under way in sockets and in windows of HTTP/2, on both sides. */
  private static final int ON_THE_WAY = 8 * 1024 * 1024;

  private final S3Stand s3 = new S3Stand();
  private Fixture fixture;
  private Client client;

  @BeforeEach
  void start() {
    fixture = new Fixture(false, properties("128MB"));
    client = fixture.client();
  }

  private List<String> properties(String memory) {
    List<String> properties = new ArrayList<>(s3.properties());
    properties.add("prism.objectstore.upload.part-size=5MB");
    properties.add("prism.objectstore.upload.memory=" + memory);
    properties.add("prism.objectstore.s3.time-limit=2s");
    properties.add("prism.objectstore.s3.part-time-limit=20s");
    properties.add("prism.objectstore.s3.connect-timeout=500ms");
    return properties;
  }

  @AfterEach
  void stop() {
    s3.blobs().releaseParts();
    fixture.close();
    s3.close();
  }

  private void awaitNothingLeft() {
    UploadMemory memory = fixture.context().getBean(UploadMemory.class);
    Await.until("the end of all uploads", () -> memory.inUse() == 0);
    Await.until("no upload in S3", () -> s3.uploads().isEmpty());
  }

  @Test
  void whileS3TakesNothingAnUploadHoldsTwoPartsAndTheClientWaits() {
    s3.blobs().holdParts();
    ByteString chunk = ObjectStoreContract.random(CHUNK);
    try (UploadStream upload = client.upload()) {
      upload.send(first("k").build());
      long sent = sendUntilStalled(upload, chunk);
      assertThat(sent).isBetween((long) PART, 2L * PART + ON_THE_WAY);
      s3.blobs().releaseParts();
      for (int i = 0; i < 200; i++) {
        upload.send(PutObjectRequest.newBuilder().setChunk(chunk).build());
        sent += CHUNK;
      }
      assertThat(upload.finish().getSizeBytes()).isEqualTo(sent);
    }
    awaitNothingLeft();
  }

  /** Sends until nothing is taken in a hundred tries, some milliseconds apart; says how much. */
  private static long sendUntilStalled(UploadStream upload, ByteString chunk) {
    AtomicLong sent = new AtomicLong();
    AtomicInteger inVain = new AtomicInteger();
    Await.until(
        "a stall",
        () -> {
          while (upload.offer(PutObjectRequest.newBuilder().setChunk(chunk).build())) {
            sent.addAndGet(chunk.size());
            inVain.set(0);
          }
          return inVain.incrementAndGet() > 100;
        });
    return sent.get();
  }

  @Test
  void uploadsBeyondTheMemoryWaitForOthersAndSmallOnesDoNot() {
    fixture.close();
    fixture = new Fixture(false, properties("10MB"));
    client = fixture.client();
    s3.blobs().holdParts();
    ByteString chunk = ObjectStoreContract.random(CHUNK);
    try (UploadStream one = client.upload();
        UploadStream other = client.upload()) {
      one.send(first("one").build());
      assertThat(sendUntilStalled(one, chunk)).isGreaterThan(PART);
      other.send(first("other").build());
      assertThat(sendUntilStalled(other, chunk)).isLessThan(3 * 1024 * 1024);
      client.put("small", "does not wait");
      s3.blobs().releaseParts();
      one.finish();
      other.send(PutObjectRequest.newBuilder().setChunk(chunk).build());
      other.finish();
    }
    awaitNothingLeft();
  }

  @Test
  void anUploadThatStallsIsEndedAndLeavesNothing() {
    fixture.close();
    List<String> properties = properties("10MB");
    properties.add("prism.objectstore.upload.idle-limit=500ms");
    fixture = new Fixture(false, properties);
    client = fixture.client();
    UploadStream upload = client.upload();
    upload.send(first("k").build());
    for (int i = 0; i < 100; i++) {
      upload.send(
          PutObjectRequest.newBuilder().setChunk(ObjectStoreContract.random(CHUNK)).build());
    }
    failsWith(CallReason.DEADLINE_EXCEEDED, upload::await);
    awaitNothingLeft();
  }

  @Test
  void aPartThatFailsForGoodLeavesNothing() {
    s3.blobs().failParts(1000);
    failsWith(
        CallReason.BACKEND_UNAVAILABLE,
        () -> client.put("k", ObjectStoreContract.random(3 * PART)));
    s3.blobs().failParts(0);
    awaitNothingLeft();
    Await.until("recovery", () -> isAbsent("k"));
  }

  private boolean isAbsent(String key) {
    try {
      client.head(key);
      return false;
    } catch (StatusRuntimeException e) {
      return Failures.reasonOf(e).equals("OBJECT_NOT_FOUND");
    }
  }

  @Test
  void aPartThatFailsOnceIsSentAgain() {
    s3.blobs().failParts(1);
    ByteString content = ObjectStoreContract.random(2 * PART);
    client.put("k", content);
    assertThat(client.get("k")).isEqualTo(content);
  }

  @Test
  void anUploadThatCannotBeCompletedLeavesWhatWasThere() {
    client.put("k", "before");
    s3.blobs().failCompletion(true);
    failsWith(
        CallReason.BACKEND_UNAVAILABLE,
        () -> client.put("k", ObjectStoreContract.random(2 * PART)));
    s3.blobs().failCompletion(false);
    awaitNothingLeft();
    Await.until("recovery", () -> !isAbsent("k"));
    assertThat(client.get("k").toStringUtf8()).isEqualTo("before");
  }

  @Test
  void aStoppingInstanceEndsUploadsAndLeavesNothing() {
    ByteString chunk = ObjectStoreContract.random(CHUNK);
    UploadStream upload = client.upload();
    upload.send(first("k").build());
    for (int i = 0; i < 100; i++) {
      upload.send(PutObjectRequest.newBuilder().setChunk(chunk).build());
    }
    Await.until("an upload in S3", () -> !s3.uploads().isEmpty());
    fixture
        .server()
        .liveStreams()
        .close(
            io.prism.starter.error.PrismException.of(CallReason.DRAINING, "the test wants it so"));
    failsWith(CallReason.DRAINING, upload::await);
    awaitNothingLeft();
  }

  @Test
  void aSlowReaderHoldsUpItsOwnDownloadOnly() {
    ByteString content = ObjectStoreContract.random(60 * 1024 * 1024);
    client.put("big", content);
    client.put("small", "x");
    long before = s3.blobs().bytesRead();
    try (Download slow = new Download(client.async(), request("big").build())) {
      slow.take(1);
      Await.until("the first message", () -> slow.size() > 0);
      for (int i = 0; i < 100; i++) {
        assertThat(client.get("small").toStringUtf8()).isEqualTo("x");
      }
      assertThat(s3.blobs().bytesRead() - before).isLessThan(2L * ON_THE_WAY);
      slow.takeAll();
      slow.awaitEnd();
      assertThat(slow.content()).isEqualTo(content);
    }
  }

  @Test
  void aCancelledDownloadGivesItsConnectionBack() {
    client.put("big", ObjectStoreContract.random(20 * 1024 * 1024));
    for (int i = 0; i < 300; i++) {
      client.header("big");
    }
    assertThat(client.get("big").size()).isEqualTo(20 * 1024 * 1024);
  }

  @Test
  void anObjectThatIsReplacedWhileItIsReadIsReadAsItWas() {
    ByteString content = ObjectStoreContract.random(40 * 1024 * 1024);
    client.put("k", content);
    try (Download download = new Download(client.async(), request("k").build())) {
      download.take(1);
      Await.until("the first message", () -> download.size() > 0);
      client.put("k", "replaced");
      download.takeAll();
      download.awaitEnd();
      assertThat(download.content()).isEqualTo(content);
    }
    assertThat(client.get("k").toStringUtf8()).isEqualTo("replaced");
  }

  @Test
  void aResponseThatBreaksOffIsTakenUpWhereItEnded() {
    ByteString content = ObjectStoreContract.random(40 * 1024 * 1024);
    client.put("k", content);
    s3.blobs().breakOffAfter(25_000_000);
    assertThat(client.get("k")).isEqualTo(content);
    s3.blobs().breakOffAfter(25_000_000);
    assertThat(client.get(request("k").setRangeStart(1000).setRangeEnd(30_000_000)))
        .isEqualTo(content.substring(1000, 30_000_000));
  }

  @Test
  void aResponseThatBreaksOffIsNotTakenUpWithAnotherObject() {
    client.put("k", ObjectStoreContract.random(40 * 1024 * 1024));
    s3.blobs().breakOffAfter(25_000_000);
    try (Download download = new Download(client.async(), request("k").build())) {
      download.take(1);
      Await.until("the first message", () -> download.size() > 0);
      client.put("k", ObjectStoreContract.random(30 * 1024 * 1024));
      download.takeAll();
      failsWith(ObjectStoreReason.OBJECT_CHANGED, download::awaitEnd);
    }
  }

  @Test
  void whileS3IsDownCallsAreUnavailableInBoundedTimeAndThenTheyWorkAgain() throws Exception {
    client.put("k", "x");
    var probe = fixture.context().getBean("s3Link", io.prism.starter.observe.BackendProbe.class);
    probe.check();
    s3.stop();
    long begin = System.nanoTime();
    failsWith(CallReason.BACKEND_UNAVAILABLE, () -> client.get("k"));
    failsWith(CallReason.BACKEND_UNAVAILABLE, () -> client.head("k"));
    failsWith(CallReason.BACKEND_UNAVAILABLE, () -> client.put("k", "y"));
    failsWith(CallReason.BACKEND_UNAVAILABLE, () -> client.keys());
    failsWith(CallReason.BACKEND_UNAVAILABLE, () -> client.delete("k"));
    StatusRuntimeException failure =
        failsWith(
            CallReason.BACKEND_UNAVAILABLE,
            () -> client.put("k", ObjectStoreContract.random(2 * PART)));
    assertThat(Failures.detail(failure, com.google.rpc.RetryInfo.class)).isPresent();
    assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(25));
    org.assertj.core.api.Assertions.assertThatThrownBy(probe::check).isNotNull();
    s3.start();
    AtomicInteger inARow = new AtomicInteger();
    Await.until(
        "recovery, for good",
        () -> {
          inARow.set(works("k") ? inARow.get() + 1 : 0);
          return inARow.get() > 20;
        });
    probe.check();
    assertThat(client.get("k").toStringUtf8()).isEqualTo("x");
    awaitNothingLeft();
  }

  private boolean works(String key) {
    try {
      client.head(key);
      return true;
    } catch (StatusRuntimeException e) {
      return false;
    }
  }
}
