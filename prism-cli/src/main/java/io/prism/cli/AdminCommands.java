package io.prism.cli;

import static io.prism.cli.Output.cells;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import com.google.protobuf.util.Timestamps;
import io.prism.admin.v1.AdminServiceGrpc;
import io.prism.admin.v1.CreateApiKeyRequest;
import io.prism.admin.v1.CreateNamespaceRequest;
import io.prism.admin.v1.ListApiKeysRequest;
import io.prism.admin.v1.ListApiKeysResponse;
import io.prism.admin.v1.ListAuditEventsRequest;
import io.prism.admin.v1.ListNamespacesRequest;
import io.prism.admin.v1.ListNamespacesResponse;
import io.prism.admin.v1.ListSessionsRequest;
import io.prism.admin.v1.ListSessionsResponse;
import io.prism.admin.v1.Namespace;
import io.prism.admin.v1.NamespaceStatus;
import io.prism.admin.v1.RevokeApiKeyRequest;
import io.prism.admin.v1.TerminateSessionRequest;
import io.prism.admin.v1.UpdateNamespaceRequest;
import io.prism.config.v1.ClientConfig;
import io.prism.config.v1.ConfigServiceGrpc;
import io.prism.config.v1.ListConfigsRequest;
import io.prism.config.v1.ListConfigsResponse;
import io.prism.config.v1.RegisterConfigRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "admin", description = "Namespaces, API keys, configurations, sessions, the audit.")
final class AdminCommands {

  /** What may be done in a namespace. */
  enum Status {
    ACTIVE(NamespaceStatus.NAMESPACE_STATUS_ACTIVE),
    READ_ONLY(NamespaceStatus.NAMESPACE_STATUS_READ_ONLY),
    SUSPENDED(NamespaceStatus.NAMESPACE_STATUS_SUSPENDED);

    private final NamespaceStatus status;

    Status(NamespaceStatus status) {
      this.status = status;
    }
  }

  private final PrismCli prism;

  AdminCommands(PrismCli prism) {
    this.prism = prism;
  }

  @Command(description = "Lists namespaces.")
  int namespaces() throws Exception {
    return prism.run(
        channel -> {
          AdminServiceGrpc.AdminServiceBlockingStub admin =
              AdminServiceGrpc.newBlockingStub(channel);
          ListNamespacesRequest.Builder request =
              ListNamespacesRequest.newBuilder().setPageSize(Pages.SIZE);
          print(
              Pages.all(
                  token -> admin.listNamespaces(request.setPageToken(token).build()),
                  ListNamespacesResponse::getNamespacesList,
                  ListNamespacesResponse::getNextPageToken));
          return 0;
        });
  }

  @Command(name = "create-namespace", description = "Makes a namespace.")
  int createNamespace(
      @Parameters(paramLabel = "NAME") String name,
      @Option(names = "--description", paramLabel = "TEXT", defaultValue = "") String description)
      throws Exception {
    return prism.run(
        channel -> {
          print(
              List.of(
                  AdminServiceGrpc.newBlockingStub(channel)
                      .createNamespace(
                          CreateNamespaceRequest.newBuilder()
                              .setName(name)
                              .setDescription(description)
                              .build())
                      .getNamespace()));
          return 0;
        });
  }

  @Command(name = "set-namespace", description = "Says what may be done in a namespace.")
  int setNamespace(
      @Parameters(paramLabel = "NAME") String name,
      @Parameters(paramLabel = "STATUS", description = "${COMPLETION-CANDIDATES}") Status status)
      throws Exception {
    return prism.run(
        channel -> {
          print(
              List.of(
                  AdminServiceGrpc.newBlockingStub(channel)
                      .updateNamespace(
                          UpdateNamespaceRequest.newBuilder()
                              .setName(name)
                              .setStatus(status.status)
                              .build())
                      .getNamespace()));
          return 0;
        });
  }

  private void print(List<Namespace> namespaces) {
    prism
        .output()
        .table(
            namespaces,
            List.of("NAME", "STATUS", "CREATED", "DESCRIPTION"),
            namespace ->
                cells(
                    namespace.getName(),
                    namespace.getStatus().name().replace("NAMESPACE_STATUS_", ""),
                    Times.text(namespace.getCreatedAt()),
                    namespace.getDescription()));
  }

  @Command(description = "Lists API keys.")
  int keys(@Option(names = "--all", description = "revoked ones as well") boolean all)
      throws Exception {
    ListApiKeysRequest.Builder request =
        ListApiKeysRequest.newBuilder().setIncludeRevoked(all).setPageSize(Pages.SIZE);
    return prism.table(
        channel ->
            Pages.all(
                token ->
                    AdminServiceGrpc.newBlockingStub(channel)
                        .listApiKeys(request.setPageToken(token).build()),
                ListApiKeysResponse::getApiKeysList,
                ListApiKeysResponse::getNextPageToken),
        List.of("ID", "PRINCIPAL", "NAMESPACES", "PERMISSIONS", "LAST USED", "REVOKED"),
        key ->
            cells(
                key.getId(),
                key.getPrincipal(),
                String.join(",", key.getAllowedNamespacesList()),
                String.join(",", key.getPermissionsList()),
                Times.text(key.getLastUsedAt()),
                Times.text(key.getRevokedAt())));
  }

  @Command(name = "create-key", description = "Makes an API key and prints it. It is shown once.")
  int createKey(
      @Parameters(paramLabel = "PRINCIPAL") String principal,
      @Option(
              names = "--for-namespace",
              paramLabel = "NAME",
              required = true,
              description = "may be repeated")
          List<String> namespaces,
      @Option(
              names = "--permission",
              paramLabel = "SERVICE:ACCESS",
              required = true,
              description = "queue:write; may be repeated")
          List<String> permissions,
      @Option(names = "--for-config", paramLabel = "NAME", description = "may be repeated")
          @Nullable List<String> configs,
      @Option(names = "--expires-in", paramLabel = "TIME", description = "else it does not")
          Optional<Duration> expiresIn)
      throws Exception {
    CreateApiKeyRequest.Builder request =
        CreateApiKeyRequest.newBuilder()
            .setPrincipal(principal)
            .addAllAllowedNamespaces(namespaces)
            .addAllPermissions(permissions);
    if (configs != null) {
      request.addAllAllowedConfigNames(configs);
    }
    expiresIn.ifPresent(
        time ->
            request.setExpiresAt(Timestamps.fromMillis(Instant.now().plus(time).toEpochMilli())));
    return prism.say(
        channel -> AdminServiceGrpc.newBlockingStub(channel).createApiKey(request.build()),
        created -> created.getSecret());
  }

  @Command(
      name = "revoke-key",
      description = "Revokes an API key; its sessions go on until they end or are terminated.")
  int revokeKey(@Parameters(paramLabel = "ID") String id) throws Exception {
    return prism.say(
        channel ->
            AdminServiceGrpc.newBlockingStub(channel)
                .revokeApiKey(RevokeApiKeyRequest.newBuilder().setId(id).build()),
        revoked -> "revoked " + Times.text(revoked.getApiKey().getRevokedAt()));
  }

  @Command(description = "Lists sessions.")
  int sessions(@Option(names = "--of", paramLabel = "PRINCIPAL") Optional<String> principal)
      throws Exception {
    ListSessionsRequest.Builder request = ListSessionsRequest.newBuilder().setPageSize(Pages.SIZE);
    principal.ifPresent(request::setPrincipal);
    return prism.table(
        channel ->
            Pages.all(
                token ->
                    AdminServiceGrpc.newBlockingStub(channel)
                        .listSessions(request.setPageToken(token).build()),
                ListSessionsResponse::getSessionsList,
                ListSessionsResponse::getNextPageToken),
        List.of("ID", "PRINCIPAL", "CLIENT", "NAMESPACE", "STATUS", "LAST ACTIVITY", "REQUESTS"),
        session ->
            cells(
                session.getSessionId(),
                session.getPrincipal(),
                session.getClientId(),
                session.getNamespace(),
                session.getStatus().name().replace("SESSION_STATUS_", ""),
                Times.text(session.getLastActivity()),
                session.getMetrics().getRequestsProcessed()));
  }

  @Command(description = "Ends a session.")
  int terminate(
      @Parameters(paramLabel = "SESSION") String session,
      @Option(names = "--force", description = "breaks off what is pending") boolean force,
      @Option(names = "--reason", paramLabel = "TEXT", defaultValue = "") String reason)
      throws Exception {
    return prism.say(
        channel ->
            AdminServiceGrpc.newBlockingStub(channel)
                .terminateSession(
                    TerminateSessionRequest.newBuilder()
                        .setSessionId(session)
                        .setForce(force)
                        .setReason(reason)
                        .build()),
        answer ->
            answer.getClosed()
                ? "closed"
                : "closes when %d operations are done".formatted(answer.getPendingOperations()));
  }

  @Command(description = "Lists registered configurations.")
  int configs() throws Exception {
    ListConfigsRequest.Builder request = ListConfigsRequest.newBuilder().setPageSize(Pages.SIZE);
    return prism.table(
        channel ->
            Pages.all(
                token ->
                    ConfigServiceGrpc.newBlockingStub(channel)
                        .listConfigs(request.setPageToken(token).build()),
                ListConfigsResponse::getConfigsList,
                ListConfigsResponse::getNextPageToken),
        List.of("NAME", "VERSION", "NAMESPACE", "PATTERN"),
        config ->
            cells(
                config.getName(),
                config.getVersion(),
                config.getNamespace(),
                config.getPattern().name().replace("ACCESS_PATTERN_", "")));
  }

  @Command(name = "register-config", description = "Registers a configuration.")
  int registerConfig(
      @Parameters(
              paramLabel = "JSON",
              description = "a ClientConfig as JSON; - reads standard input")
          String text,
      @Option(names = "--overwrite", description = "makes a new version of one that is there")
          boolean overwrite)
      throws Exception {
    ClientConfig.Builder config = ClientConfig.newBuilder();
    try {
      JsonFormat.parser().merge(Input.bytes(prism, text).toStringUtf8(), config);
    } catch (InvalidProtocolBufferException e) {
      throw new UsageException("no ClientConfig: " + e.getMessage());
    }
    return prism.say(
        channel ->
            ConfigServiceGrpc.newBlockingStub(channel)
                .registerConfig(
                    RegisterConfigRequest.newBuilder()
                        .setConfig(config)
                        .setOverwrite(overwrite)
                        .build()),
        registered -> registered.getConfig().getName() + " " + registered.getConfig().getVersion());
  }

  @Command(description = "Shows what was done by whom, the newest first.")
  int audit(
      @Option(
              names = "--limit",
              paramLabel = "N",
              defaultValue = "50",
              description = "most events: ${DEFAULT-VALUE}")
          int limit)
      throws Exception {
    return prism.table(
        channel ->
            AdminServiceGrpc.newBlockingStub(channel)
                .listAuditEvents(ListAuditEventsRequest.newBuilder().setPageSize(limit).build())
                .getEventsList(),
        List.of("TIME", "ACTOR", "ACTION", "RESOURCE", "OUTCOME"),
        event ->
            cells(
                Times.text(event.getTime()),
                event.getActor(),
                event.getAction(),
                event.getResource(),
                event.getOutcome().name().replace("AUDIT_OUTCOME_", "")));
  }
}
