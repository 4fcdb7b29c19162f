package io.prism.starter.auth;

import static io.prism.starter.testing.Failures.failsWith;
import static io.prism.starter.testing.Failures.infoOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.rpc.ErrorInfo;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.prism.config.v1.AccessPattern;
import io.prism.config.v1.ClientConfig;
import io.prism.options.v1.Access;
import io.prism.queue.v1.GetTopicInfoRequest;
import io.prism.queue.v1.PublishRequest;
import io.prism.queue.v1.QueueServiceGrpc;
import io.prism.starter.error.CallReason;
import io.prism.starter.testing.PrismTestServer;
import io.prism.starter.testing.TestQueue;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Contract, section 0: permissions are service:level. */
final class PermissionTest {

  private static PrismTestServer server;

  @BeforeAll
  static void start() {
    server = PrismTestServer.of(new TestQueue()).start();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @ParameterizedTest
  @CsvSource({
    "queue:read, true, false",
    "queue:write, true, true",
    "queue:admin, true, true",
    "queue:*, true, true",
    "*:read, true, false",
    "*:write, true, true",
    "*:*, true, true",
    "cache:admin, false, false",
    "pubsub:*, false, false",
  })
  void aHigherLevelIncludesTheLowerOnesAndAStarIsAny(
      String permission, boolean mayRead, boolean mayWrite) {
    ManagedChannel channel = server.channel("test", permission);
    check(mayRead, () -> read(channel));
    check(mayWrite, () -> write(channel));
  }

  @Test
  void theRefusalNamesWhatIsRequiredAndTheNamespace() {
    StatusRuntimeException failure =
        failsWith(
            CallReason.PERMISSION_DENIED, () -> write(server.channel("orders", "queue:read")));
    ErrorInfo info = infoOf(failure);
    assertThat(info.getMetadataMap())
        .containsEntry("required", "queue:write")
        .containsEntry("namespace", "orders");
    assertThat(info.getDomain()).isEqualTo("prism.queue.v1");
  }

  @Test
  void noPermissionsAllowNothing() {
    failsWith(CallReason.PERMISSION_DENIED, () -> read(server.channel("orders", new String[0])));
  }

  @ParameterizedTest
  @CsvSource({
    "ACCESS_PATTERN_UNSPECIFIED, true",
    "ACCESS_PATTERN_QUEUE, true",
    "ACCESS_PATTERN_CACHE, false",
    "ACCESS_PATTERN_KEY_VALUE, false",
  })
  void aPatternNarrowsTheSessionToItsServices(AccessPattern pattern, boolean allowed) {
    String token =
        server
            .tokens()
            .session()
            .config(ClientConfig.newBuilder().setPattern(pattern).build())
            .token();
    check(allowed, () -> write(server.channel(token)));
  }

  @Test
  void aSessionCreatedReadOnlyMayReadAndNotWrite() {
    ManagedChannel channel = server.channel(server.tokens().session().readOnly().token());
    read(channel);
    failsWith(CallReason.SESSION_READ_ONLY, () -> write(channel));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"queue", "queue:", ":read", "queue:own", "Queue:read", "queue:read:x", ""})
  void anotherFormIsRefused(String text) {
    assertThat(Permissions.isValid(text)).isFalse();
    assertThatThrownBy(() -> Permissions.parse(List.of(text)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("expected: service:level");
  }

  @ParameterizedTest
  @CsvSource({
    "*:admin, queue:write, true",
    "queue:write, queue:read, true",
    "queue:write, queue:admin, false",
    "queue:admin, *:read, false",
    "*:read, queue:read, true",
  })
  void onePermissionIncludesAnother(String own, String other, boolean included) {
    assertThat(Permissions.parse(List.of(own)).include(Permissions.parse(List.of(other))))
        .isEqualTo(included);
  }

  @Test
  void noPermissionReachesAnInternalRpc() {
    assertThat(Permissions.parse(List.of("*:*")).allow("session", Access.ACCESS_INTERNAL))
        .isFalse();
    assertThat(Permissions.parse(List.of()).allow("session", Access.ACCESS_SESSION)).isTrue();
  }

  private static void check(
      boolean allowed, org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
    if (allowed) {
      assertThatCode(call).doesNotThrowAnyException();
    } else {
      failsWith(CallReason.PERMISSION_DENIED, call);
    }
  }

  private static void read(ManagedChannel channel) {
    QueueServiceGrpc.newBlockingStub(channel)
        .getTopicInfo(GetTopicInfoRequest.getDefaultInstance());
  }

  private static void write(ManagedChannel channel) {
    QueueServiceGrpc.newBlockingStub(channel).publish(PublishRequest.getDefaultInstance());
  }
}
