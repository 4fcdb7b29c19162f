package io.prism.session;

import static io.prism.starter.testing.Failures.detail;
import static io.prism.starter.testing.Failures.failsWith;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.rpc.BadRequest;
import io.prism.config.v1.AccessPattern;
import io.prism.config.v1.BackendConfig;
import io.prism.config.v1.BackendType;
import io.prism.config.v1.ClientConfig;
import io.prism.config.v1.ConsistencyConfig;
import io.prism.config.v1.ConsistencyLevel;
import io.prism.config.v1.GetConfigRequest;
import io.prism.config.v1.ListConfigsRequest;
import io.prism.config.v1.ListConfigsResponse;
import io.prism.config.v1.RateLimitConfig;
import io.prism.config.v1.RegisterConfigRequest;
import io.prism.config.v1.TimeSeriesConfig;
import io.prism.config.v1.ValidateConfigRequest;
import io.prism.config.v1.ValidateConfigResponse;
import io.prism.config.v1.VectorConfig;
import io.prism.session.domain.SessionReason;
import io.prism.session.v1.CreateSessionRequest;
import io.prism.session.v1.CreateSessionResponse;
import io.prism.starter.error.CallReason;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Section 1 of the contract: configurations. */
final class ConfigsTest {

  private final SessionReplica replica = SharedReplica.get();
  private String token = "";

  @BeforeEach
  void createSession() {
    token = replica.create().getSessionToken();
  }

  private ClientConfig register(ClientConfig.Builder config) {
    return replica
        .configs(token)
        .registerConfig(RegisterConfigRequest.newBuilder().setConfig(config).build())
        .getConfig();
  }

  private CreateSessionResponse createWith(String name) {
    return replica
        .sessions()
        .createSession(
            CreateSessionRequest.newBuilder()
                .setApiKey(SessionReplica.BOOTSTRAP_KEY)
                .setConfigName(name)
                .build());
  }

  private static ClientConfig.Builder queue(String name) {
    return ClientConfig.newBuilder().setName(name).setPattern(AccessPattern.ACCESS_PATTERN_QUEUE);
  }

  @Test
  void aNamedConfigIsUsedInItsLatestVersionWithEveryDefaultFilledIn() {
    register(queue("named"));
    ClientConfig second =
        register(queue("named").setRateLimit(RateLimitConfig.newBuilder().setRequestsPerSecond(7)));
    assertThat(second.getVersion()).isEqualTo("2");
    assertThat(second.getNamespace()).isEqualTo("default");
    ClientConfig used = createWith("named").getConfig();
    assertThat(used.getVersion()).isEqualTo("2");
    assertThat(used.getRateLimit().getRequestsPerSecond()).isEqualTo(7);
    assertThat(used.getRateLimit().getBurst()).isEqualTo(7);
    assertThat(used.getBackend().getType()).isEqualTo(BackendType.BACKEND_TYPE_KAFKA);
    assertThat(used.getQueue().getPartitions()).isEqualTo(6);
  }

  @Test
  void anUnknownConfigNameIsNotFound() {
    failsWith(SessionReason.CONFIG_NOT_FOUND, () -> createWith("nothing-of-that-name"));
    failsWith(
        SessionReason.CONFIG_NOT_FOUND,
        () ->
            replica
                .configs(token)
                .getConfig(GetConfigRequest.newBuilder().setName("nothing").build()));
  }

  @Test
  void aVersionIsReplacedOnlyWithOverwrite() {
    register(queue("versioned").setVersion("a"));
    failsWith(
        SessionReason.CONFIG_ALREADY_EXISTS, () -> register(queue("versioned").setVersion("a")));
    register(queue("versioned").setVersion("b"));
    replica
        .configs(token)
        .registerConfig(
            RegisterConfigRequest.newBuilder()
                .setConfig(queue("versioned").setVersion("a"))
                .setOverwrite(true)
                .build());
    assertThat(
            replica
                .configs(token)
                .getConfig(GetConfigRequest.newBuilder().setName("versioned").build())
                .getConfig()
                .getVersion())
        .isEqualTo("a");
    assertThat(
            replica
                .configs(token)
                .getConfig(
                    GetConfigRequest.newBuilder().setName("versioned").setVersion("b").build())
                .getConfig()
                .getVersion())
        .isEqualTo("b");
  }

  @Test
  void configsAreListedPageByPage() {
    for (int i = 0; i < 5; i++) {
      register(
          ClientConfig.newBuilder()
              .setName("listed-" + i)
              .setPattern(AccessPattern.ACCESS_PATTERN_VECTOR));
    }
    ListConfigsRequest.Builder request =
        ListConfigsRequest.newBuilder()
            .setPattern(AccessPattern.ACCESS_PATTERN_VECTOR)
            .setPageSize(2);
    List<String> names = new ArrayList<>();
    ListConfigsResponse page;
    do {
      page = replica.configs(token).listConfigs(request.build());
      page.getConfigsList().forEach(config -> names.add(config.getName()));
      request.setPageToken(page.getNextPageToken());
    } while (!page.getNextPageToken().isEmpty());
    assertThat(names).containsExactly("listed-0", "listed-1", "listed-2", "listed-3", "listed-4");
  }

  @Test
  void aPageTokenOfAnotherListIsRefused() {
    for (String wrong : List.of("nonsense", "!!", "MTIzNDU2Nzg5MDEyMzQ1NgphCmI")) {
      failsWith(
          CallReason.INVALID_ARGUMENT,
          () ->
              replica
                  .configs(token)
                  .listConfigs(ListConfigsRequest.newBuilder().setPageToken(wrong).build()));
    }
    failsWith(
        CallReason.INVALID_ARGUMENT,
        () ->
            replica
                .configs(token)
                .listConfigs(ListConfigsRequest.newBuilder().setPageSize(-1).build()));
  }

  @Test
  void anInvalidInlineConfigHasAViolationPerField() {
    ClientConfig wrong =
        ClientConfig.newBuilder()
            .setNamespace("default")
            .setName("Not A Name")
            .setPattern(AccessPattern.ACCESS_PATTERN_PUBSUB)
            .setBackend(
                BackendConfig.newBuilder()
                    .setType(BackendType.BACKEND_TYPE_KAFKA)
                    .putOptions("unknown", "x"))
            .setConsistency(
                ConsistencyConfig.newBuilder().setLevel(ConsistencyLevel.CONSISTENCY_LEVEL_STRONG))
            .setRateLimit(RateLimitConfig.newBuilder().setRequestsPerSecond(-1))
            .setVector(VectorConfig.newBuilder().setDimensions(4_097))
            .build();
    var failure =
        failsWith(
            CallReason.INVALID_ARGUMENT,
            () ->
                replica
                    .sessions()
                    .createSession(
                        CreateSessionRequest.newBuilder()
                            .setApiKey(SessionReplica.BOOTSTRAP_KEY)
                            .setInlineConfig(wrong)
                            .build()));
    assertThat(detail(failure, BadRequest.class).orElseThrow().getFieldViolationsList())
        .extracting(BadRequest.FieldViolation::getField)
        .containsExactlyInAnyOrder(
            "inline_config.name",
            "inline_config.backend.type",
            "inline_config.backend.options[unknown]",
            "inline_config.consistency.level",
            "inline_config.rate_limit.requests_per_second",
            "inline_config.vector.dimensions");
  }

  @Test
  void aConfigThatDoesNotFitIntoATokenIsRefused() {
    TimeSeriesConfig.Builder large = TimeSeriesConfig.newBuilder();
    for (int i = 0; i < 30; i++) {
      large.addRollupDimensions("d".repeat(150) + i);
    }
    failsWith(
        CallReason.INVALID_ARGUMENT,
        () ->
            replica
                .sessions()
                .createSession(
                    CreateSessionRequest.newBuilder()
                        .setApiKey(SessionReplica.BOOTSTRAP_KEY)
                        .setInlineConfig(
                            ClientConfig.newBuilder().setNamespace("default").setTimeseries(large))
                        .build()));
  }

  @Test
  void theLargestConfigStillTravelsInMetadata() {
    TimeSeriesConfig.Builder large = TimeSeriesConfig.newBuilder();
    for (int i = 0; i < 26; i++) {
      large.addRollupDimensions("d".repeat(150) + i);
    }
    CreateSessionResponse created =
        replica
            .sessions()
            .createSession(
                CreateSessionRequest.newBuilder()
                    .setApiKey(SessionReplica.BOOTSTRAP_KEY)
                    .setInlineConfig(
                        ClientConfig.newBuilder().setNamespace("default").setTimeseries(large))
                    .build());
    assertThat(created.getConfig().getSerializedSize()).isGreaterThan(3_900);
    assertThat(
            replica
                .sessions(created.getSessionToken())
                .heartbeat(io.prism.session.v1.HeartbeatRequest.getDefaultInstance())
                .hasTtl())
        .isTrue();
  }

  @Test
  void validateTellsViolationsAndWarningsAndStoresNothing() {
    ValidateConfigResponse verdict =
        replica
            .configs(token)
            .validateConfig(
                ValidateConfigRequest.newBuilder()
                    .setConfig(
                        queue("validated")
                            .setNamespace("nowhere")
                            .setVector(VectorConfig.getDefaultInstance()))
                    .build());
    assertThat(verdict.getValid()).isFalse();
    assertThat(verdict.getErrorsList()).containsExactly("namespace: does not exist");
    assertThat(verdict.getWarningsList()).singleElement().asString().startsWith("vector: ");
    failsWith(
        SessionReason.CONFIG_NOT_FOUND,
        () ->
            replica
                .configs(token)
                .getConfig(GetConfigRequest.newBuilder().setName("validated").build()));
    failsWith(
        CallReason.INVALID_ARGUMENT,
        () -> replica.configs(token).validateConfig(ValidateConfigRequest.getDefaultInstance()));
  }

  @Test
  void aConfigInAnUnknownNamespaceIsNotRegistered() {
    failsWith(
        SessionReason.NAMESPACE_NOT_FOUND, () -> register(queue("lost").setNamespace("nowhere")));
    failsWith(CallReason.INVALID_ARGUMENT, () -> register(queue("")));
  }
}
