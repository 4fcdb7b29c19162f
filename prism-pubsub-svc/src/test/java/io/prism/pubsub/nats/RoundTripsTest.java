package io.prism.pubsub.nats;

import static org.assertj.core.api.Assertions.assertThat;

import io.prism.starter.testing.Await;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class RoundTripsTest {

  private final AtomicInteger begun = new AtomicInteger();
  private final Semaphore answers = new Semaphore(0);

  @Test
  void whoAsksMeanwhileSharesTheNextAndNotTheOneUnderWay() {
    RoundTrips trips = new RoundTrips(this::trip);
    CompletableFuture<Void> first = trips.next();
    Await.until("the first is under way", () -> begun.get() == 1);
    List<CompletableFuture<Void>> later = Stream.generate(trips::next).limit(100).toList();
    answers.release();
    first.join();
    Await.until("the second is under way", () -> begun.get() == 2);
    assertThat(later).noneMatch(CompletableFuture::isDone);
    answers.release();
    later.forEach(CompletableFuture::join);
    assertThat(begun).as("round trips for 101 callers").hasValue(2);
  }

  private boolean trip() throws InterruptedException {
    begun.incrementAndGet();
    answers.acquire();
    return true;
  }

  @Test
  void aFailureConcernsThoseAloneWhoWaitedForIt() {
    RoundTrips trips =
        new RoundTrips(
            () -> {
              if (begun.incrementAndGet() == 1) {
                throw new IOException("out of reach");
              }
              return true;
            });
    assertThat(trips.next()).failsWithin(java.time.Duration.ofSeconds(5));
    trips.next().join();
  }
}
