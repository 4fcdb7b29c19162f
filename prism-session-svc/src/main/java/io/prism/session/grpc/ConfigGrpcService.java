package io.prism.session.grpc;

import io.grpc.stub.StreamObserver;
import io.prism.config.v1.AccessPattern;
import io.prism.config.v1.ClientConfig;
import io.prism.config.v1.ConfigServiceGrpc;
import io.prism.config.v1.GetConfigRequest;
import io.prism.config.v1.GetConfigResponse;
import io.prism.config.v1.ListConfigsRequest;
import io.prism.config.v1.ListConfigsResponse;
import io.prism.config.v1.RegisterConfigRequest;
import io.prism.config.v1.RegisterConfigResponse;
import io.prism.config.v1.ValidateConfigRequest;
import io.prism.config.v1.ValidateConfigResponse;
import io.prism.session.domain.Caller;
import io.prism.session.domain.Configs;
import io.prism.session.domain.Page;
import io.prism.session.domain.Sessions;
import io.prism.starter.auth.Session;
import io.prism.starter.error.PrismException;
import io.prism.starter.error.PrismException.Violation;
import java.util.List;
import java.util.Optional;

/** Serves {@code prism.config.v1.ConfigService}. */
final class ConfigGrpcService extends ConfigServiceGrpc.ConfigServiceImplBase {

  private final Configs configs;
  private final Sessions sessions;

  ConfigGrpcService(Configs configs, Sessions sessions) {
    this.configs = configs;
    this.sessions = sessions;
  }

  private Caller caller() {
    return sessions.caller(Session.current().id());
  }

  @Override
  public void listConfigs(
      ListConfigsRequest request, StreamObserver<ListConfigsResponse> responses) {
    Optional<AccessPattern> pattern =
        request.hasPattern() ? Optional.of(known(request.getPattern())) : Optional.empty();
    Optional<String> namespace =
        request.hasNamespace() ? Optional.of(request.getNamespace()) : Optional.empty();
    PageTokens tokens =
        PageTokens.of(List.of("ListConfigs", pattern, namespace), PageTokens.Part.TEXT);
    Page<ClientConfig> page =
        configs.list(
            caller(),
            namespace,
            pattern,
            tokens.request(request.getPageSize(), request.getPageToken()));
    responses.onNext(
        ListConfigsResponse.newBuilder()
            .addAllConfigs(page.items())
            .setNextPageToken(tokens.token(page.next()))
            .build());
    responses.onCompleted();
  }

  private static AccessPattern known(AccessPattern pattern) {
    if (pattern == AccessPattern.UNRECOGNIZED) {
      throw PrismException.invalid("pattern", "expected: a known pattern");
    }
    return pattern;
  }

  @Override
  public void getConfig(GetConfigRequest request, StreamObserver<GetConfigResponse> responses) {
    ClientConfig config =
        configs.get(
            caller(),
            request.getName(),
            request.hasVersion() ? Optional.of(request.getVersion()) : Optional.empty());
    responses.onNext(GetConfigResponse.newBuilder().setConfig(config).build());
    responses.onCompleted();
  }

  @Override
  public void registerConfig(
      RegisterConfigRequest request, StreamObserver<RegisterConfigResponse> responses) {
    require(request.hasConfig());
    ClientConfig stored = configs.register(caller(), request.getConfig(), request.getOverwrite());
    responses.onNext(RegisterConfigResponse.newBuilder().setConfig(stored).build());
    responses.onCompleted();
  }

  @Override
  public void validateConfig(
      ValidateConfigRequest request, StreamObserver<ValidateConfigResponse> responses) {
    require(request.hasConfig());
    Configs.Verdict verdict = configs.validate(caller(), request.getConfig());
    responses.onNext(
        ValidateConfigResponse.newBuilder()
            .setValid(verdict.errors().isEmpty())
            .addAllErrors(lines(verdict.errors()))
            .addAllWarnings(lines(verdict.warnings()))
            .build());
    responses.onCompleted();
  }

  private static void require(boolean hasConfig) {
    if (!hasConfig) {
      throw PrismException.invalid("config", "unset (expected: set)");
    }
  }

  private static List<String> lines(List<Violation> violations) {
    return violations.stream().map(v -> v.field() + ": " + v.description()).toList();
  }
}
