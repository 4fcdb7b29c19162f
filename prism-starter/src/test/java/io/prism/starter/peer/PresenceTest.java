package io.prism.starter.peer;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.prism.peer.internal.v1.PeerServiceGrpc;
import io.prism.peer.internal.v1.WatchRequest;
import io.prism.peer.internal.v1.WatchResponse;
import io.prism.starter.auth.InternalGuard;
import io.prism.starter.testing.Await;
import io.prism.starter.testing.FreePort;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What watchers are told, seen by one that takes messages only as it wants to. */
final class PresenceTest {

  private final TestReplica replica =
      TestReplica.create("replica", FreePort.find(), "127.0.0.1:1").start();

  private final class Watcher implements AutoCloseable {

    private final List<WatchResponse> said = new CopyOnWriteArrayList<>();
    private final ClientCall<WatchRequest, WatchResponse> call;

    Watcher(int requested) {
      Metadata headers = new Metadata();
      headers.put(InternalGuard.TOKEN, TestReplica.TOKEN);
      call =
          replica
              .server
              .channel(headers)
              .newCall(PeerServiceGrpc.getWatchMethod(), CallOptions.DEFAULT);
      call.start(
          new ClientCall.Listener<>() {
            @Override
            public void onMessage(WatchResponse message) {
              said.add(message);
            }
          },
          new Metadata());
      call.request(requested);
      call.sendMessage(WatchRequest.getDefaultInstance());
      call.halfClose();
    }

    void request(int more) {
      call.request(more);
    }

    /** The keys that are held, as somebody who follows would know them. */
    Set<String> keys() {
      Set<String> keys = new HashSet<>();
      for (WatchResponse message : said) {
        if (message.getSnapshotBegins()) {
          keys.clear();
        }
        keys.addAll(message.getHeldList());
        message.getReleasedList().forEach(keys::remove);
      }
      return keys;
    }

    @Override
    public void close() {
      call.cancel("the test is over", null);
    }
  }

  @Test
  void aSnapshotComesInPagesAndThenChanges() {
    int count = 3 * PresenceStream.PAGE + 1;
    IntStream.range(0, count).forEach(i -> replica.presence.hold("key/" + i));
    try (replica;
        Watcher watcher = new Watcher(Integer.MAX_VALUE)) {
      Await.until(
          "the snapshot", () -> watcher.said.stream().anyMatch(WatchResponse::getSnapshotComplete));
      assertThat(watcher.said).hasSize(4);
      assertThat(watcher.said.getFirst().getSnapshotBegins()).isTrue();
      assertThat(watcher.said.getFirst().getInstanceId()).isEqualTo(replica.presence.instanceId());
      assertThat(watcher.said.stream().mapToInt(WatchResponse::getHeldCount).sum())
          .isEqualTo(count);
      replica.presence.release("key/0");
      replica.presence.hold("new");
      Await.until(
          "the changes", () -> watcher.keys().contains("new") && !watcher.keys().contains("key/0"));
      assertThat(watcher.keys()).hasSize(count);
    }
  }

  @Test
  void thereIsAMessageEverySecondWhateverHappens() {
    try (replica;
        Watcher watcher = new Watcher(Integer.MAX_VALUE)) {
      Await.until("two beats", () -> watcher.said.size() >= 3);
      assertThat(watcher.said.getLast()).isEqualTo(WatchResponse.getDefaultInstance());
    }
  }

  @Test
  void aSlowWatcherCostsBoundedMemoryAndCatchesUp() {
    String filler = "x".repeat(300);
    try (replica;
        Watcher watcher = new Watcher(1)) {
      Await.until("the first message", () -> watcher.said.size() == 1);
      PresenceStream stream = replica.presence.watchers().iterator().next();
      Set<String> expected = new HashSet<>();
      int largest = 0;
      for (int i = 0; i < 6 * PresenceStream.MAX_WAITING; i++) {
        String key = i + filler;
        replica.presence.hold(key);
        if (ThreadLocalRandom.current().nextBoolean()) {
          replica.presence.release(key);
        } else {
          expected.add(key);
        }
        largest = Math.max(largest, stream.waiting());
      }
      assertThat(largest).isBetween(100, PresenceStream.MAX_WAITING);
      assertThat(watcher.said).hasSize(1);
      watcher.request(Integer.MAX_VALUE);
      Await.until("everything", () -> watcher.keys().equals(expected));
      assertThat(watcher.said.stream().filter(WatchResponse::getSnapshotBegins))
          .as("a snapshot instead of what no longer fitted")
          .hasSizeBetween(2, 3);
    }
    Await.until("nothing is left", () -> replica.presence.watchers().isEmpty());
  }
}
