package io.prism.pubsub;

import static io.prism.starter.testing.Failures.checked;
import static io.prism.starter.testing.Failures.detail;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.rpc.ErrorInfo;
import io.grpc.Status.Code;
import io.prism.pubsub.domain.Subscriptions;
import io.prism.pubsub.testing.Client;
import io.prism.pubsub.testing.PubSubFixture;
import io.prism.pubsub.testing.TestStream;
import io.prism.starter.testing.Await;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What clients cannot do to an instance, and how it stops. */
final class LimitsTest {

  private final String namespace = PubSubFixture.newNamespace();

  @Test
  void anInstanceTakesSoManySubscriptionsAndNoMore() {
    try (PubSubFixture service = PubSubFixture.inProcess("prism.pubsub.subscription.max=2")) {
      TestStream one = service.client(namespace).subscribe("a");
      try (TestStream two = service.client(namespace).subscribe("a");
          TestStream three = service.client(namespace).subscribe("a")) {
        checked(Code.UNAVAILABLE, "OVERLOADED", three.failure());
        assertThat(two.isClosed()).isFalse();
      }
      one.close();
      awaitRoom(service.client(namespace));
    }
  }

  @Test
  void aSessionHasSoManySubscriptionsAndNoMore() {
    try (PubSubFixture service =
        PubSubFixture.inProcess("prism.pubsub.subscription.max-per-session=2")) {
      Client client = service.client(namespace);
      TestStream one = client.subscribe("a");
      try (TestStream two = client.subscribe("a");
          TestStream three = client.subscribe("a");
          TestStream other = service.client(namespace).subscribe("a")) {
        var status =
            checked(Code.RESOURCE_EXHAUSTED, "SUBSCRIPTION_LIMIT_EXCEEDED", three.failure());
        assertThat(detail(status, ErrorInfo.class).orElseThrow().getMetadataOrThrow("limit"))
            .isEqualTo("2");
        assertThat(two.isClosed()).isFalse();
        assertThat(other.isClosed()).as("another session's").isFalse();
      }
      one.close();
      awaitRoom(client);
    }
  }

  private static void awaitRoom(Client client) {
    Await.until(
        "room for another",
        () -> {
          try (TestStream next = client.subscribe("a")) {
            return !next.isClosed();
          }
        });
  }

  @Test
  void aSubscriptionThatIsOverLeavesNothingBehind() {
    try (PubSubFixture service = PubSubFixture.inProcess()) {
      Client client = service.client(namespace);
      for (int i = 0; i < 50; i++) {
        client.subscribe("a." + i).close();
      }
      Await.until(
          "no subscription",
          () -> service.meters().get("prism.pubsub.subscriptions").gauge().value() == 0);
    }
  }

  /** Groups are left first; what the others get goes on until their streams end. */
  @Test
  void aDrainingInstanceLeavesGroupsAndTakesNoSubscriptions() throws Exception {
    try (PubSubFixture service = PubSubFixture.inProcess()) {
      Client client = service.client(namespace);
      try (TestStream member = client.join("g", "a");
          TestStream single = client.subscribe("a")) {
        client.publish("a", "before");
        member.await(1);
        CompletableFuture<Void> left =
            service.context().getBean(Subscriptions.class).leaveGroups(Duration.ofSeconds(5));
        left.get(2, TimeUnit.SECONDS);
        assertThat(client.publish("a", "after").getSubscriberCount()).isEqualTo(1);
        assertThat(single.awaitLast("after")).containsExactly("before", "after");
        assertThat(member.payloads()).containsExactly("before");
        assertThat(member.isClosed()).isFalse();
        try (TestStream late = client.subscribe("a")) {
          checked(Code.UNAVAILABLE, "DRAINING", late.failure());
        }
      }
    }
  }
}
