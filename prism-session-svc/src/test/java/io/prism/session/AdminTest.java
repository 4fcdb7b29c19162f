package io.prism.session;

import static io.prism.starter.testing.Failures.failsWith;
import static io.prism.starter.testing.Failures.infoOf;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Timestamp;
import io.prism.admin.v1.ApiKey;
import io.prism.admin.v1.AuditEvent;
import io.prism.admin.v1.AuditOutcome;
import io.prism.admin.v1.CreateApiKeyRequest;
import io.prism.admin.v1.CreateApiKeyResponse;
import io.prism.admin.v1.CreateNamespaceRequest;
import io.prism.admin.v1.GetNamespaceRequest;
import io.prism.admin.v1.ListApiKeysRequest;
import io.prism.admin.v1.ListAuditEventsRequest;
import io.prism.admin.v1.ListNamespacesRequest;
import io.prism.admin.v1.ListSessionsRequest;
import io.prism.admin.v1.ListSessionsResponse;
import io.prism.admin.v1.NamespaceStatus;
import io.prism.admin.v1.RevokeApiKeyRequest;
import io.prism.admin.v1.SessionInfo;
import io.prism.admin.v1.TerminateSessionRequest;
import io.prism.admin.v1.UpdateNamespaceRequest;
import io.prism.config.v1.ClientConfig;
import io.prism.config.v1.RegisterConfigRequest;
import io.prism.session.domain.SessionReason;
import io.prism.session.v1.CreateSessionRequest;
import io.prism.session.v1.CreateSessionResponse;
import io.prism.session.v1.HeartbeatRequest;
import io.prism.session.v1.SessionStatus;
import io.prism.starter.error.CallReason;
import io.prism.starter.testing.Await;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Section 1 of the contract: administration. */
final class AdminTest {

  private static final AtomicInteger names = new AtomicInteger();

  private final SessionReplica replica = SharedReplica.get();
  private String root = "";

  @BeforeEach
  void createSession() {
    root = replica.create().getSessionToken();
  }

  private String newNamespace() {
    String name = "ns-" + names.incrementAndGet();
    replica.admin(root).createNamespace(CreateNamespaceRequest.newBuilder().setName(name).build());
    return name;
  }

  private CreateApiKeyResponse newKey(
      String admin, String principal, String namespace, String... permissions) {
    return replica
        .admin(admin)
        .createApiKey(
            CreateApiKeyRequest.newBuilder()
                .setPrincipal(principal)
                .addAllowedNamespaces(namespace)
                .addAllPermissions(List.of(permissions))
                .build());
  }

  private String session(CreateApiKeyResponse key, String namespace) {
    return replica.create(key.getSecret(), namespace).getSessionToken();
  }

  private void status(String namespace, NamespaceStatus status) {
    replica
        .admin(root)
        .updateNamespace(
            UpdateNamespaceRequest.newBuilder().setName(namespace).setStatus(status).build());
  }

  @Test
  void aNamespaceIsCreatedActiveAndOnce() {
    String name = newNamespace();
    assertThat(
            replica
                .admin(root)
                .getNamespace(GetNamespaceRequest.newBuilder().setName(name).build())
                .getNamespace()
                .getStatus())
        .isEqualTo(NamespaceStatus.NAMESPACE_STATUS_ACTIVE);
    failsWith(
        SessionReason.NAMESPACE_ALREADY_EXISTS,
        () ->
            replica
                .admin(root)
                .createNamespace(CreateNamespaceRequest.newBuilder().setName(name).build()));
    for (String bad : List.of("", "-a", "a-", "A", "a_b", "a".repeat(65), "a.b")) {
      failsWith(
          CallReason.INVALID_ARGUMENT,
          () ->
              replica
                  .admin(root)
                  .createNamespace(CreateNamespaceRequest.newBuilder().setName(bad).build()));
    }
  }

  @Test
  void namespacesAreListedByNamePageByPage() {
    List<String> made = List.of(newNamespace(), newNamespace(), newNamespace());
    ListNamespacesRequest.Builder request = ListNamespacesRequest.newBuilder().setPageSize(2);
    List<String> listed = new ArrayList<>();
    do {
      var page = replica.admin(root).listNamespaces(request.build());
      page.getNamespacesList().forEach(namespace -> listed.add(namespace.getName()));
      request.setPageToken(page.getNextPageToken());
    } while (!request.getPageToken().isEmpty());
    assertThat(listed).containsAll(made).contains("default").doesNotHaveDuplicates();
  }

  @Test
  void aSuspendedNamespaceRefusesNewSessionsAndClosesItsOwn() {
    String namespace = newNamespace();
    CreateSessionResponse session = replica.create(SessionReplica.BOOTSTRAP_KEY, namespace);
    status(namespace, NamespaceStatus.NAMESPACE_STATUS_SUSPENDED);
    failsWith(
        SessionReason.NAMESPACE_SUSPENDED,
        () -> replica.create(SessionReplica.BOOTSTRAP_KEY, namespace));
    failsWith(
        CallReason.SESSION_CLOSED,
        () ->
            replica
                .sessions(session.getSessionToken())
                .heartbeat(HeartbeatRequest.getDefaultInstance()));
  }

  @Test
  void aReadOnlyNamespaceMakesItsSessionsReadOnlyAndBack() {
    String namespace = newNamespace();
    CreateSessionResponse before = replica.create(SessionReplica.BOOTSTRAP_KEY, namespace);
    status(namespace, NamespaceStatus.NAMESPACE_STATUS_READ_ONLY);
    CreateSessionResponse within = replica.create(SessionReplica.BOOTSTRAP_KEY, namespace);
    for (CreateSessionResponse session : List.of(before, within)) {
      assertThat(
              replica
                  .sessions(session.getSessionToken())
                  .heartbeat(HeartbeatRequest.getDefaultInstance())
                  .getStatus())
          .isEqualTo(SessionStatus.SESSION_STATUS_READ_ONLY);
      failsWith(
          CallReason.SESSION_READ_ONLY, () -> register(session.getSessionToken(), "read-only"));
    }
    status(namespace, NamespaceStatus.NAMESPACE_STATUS_ACTIVE);
    for (CreateSessionResponse session : List.of(before, within)) {
      register(session.getSessionToken(), "writable-" + session.getSessionId().substring(5, 15));
    }
  }

  private void register(String token, String name) {
    replica
        .configs(token)
        .registerConfig(
            RegisterConfigRequest.newBuilder()
                .setConfig(ClientConfig.newBuilder().setName(name))
                .build());
  }

  @Test
  void anUpdateMustChangeSomething() {
    failsWith(
        CallReason.INVALID_ARGUMENT,
        () ->
            replica
                .admin(root)
                .updateNamespace(UpdateNamespaceRequest.newBuilder().setName("default").build()));
    failsWith(
        SessionReason.NAMESPACE_NOT_FOUND,
        () -> status("nowhere", NamespaceStatus.NAMESPACE_STATUS_ACTIVE));
    failsWith(
        CallReason.INVALID_ARGUMENT,
        () -> status("default", NamespaceStatus.NAMESPACE_STATUS_UNSPECIFIED));
  }

  @Test
  void anApiKeyNeedsNoNamespaceNamedWhereItHasOnlyOne() {
    String namespace = newNamespace();
    CreateApiKeyResponse key = newKey(root, "app", namespace, "queue:write");
    CreateSessionResponse session =
        replica
            .sessions()
            .createSession(CreateSessionRequest.newBuilder().setApiKey(key.getSecret()).build());
    assertThat(session.getConfig().getNamespace()).isEqualTo(namespace);
    failsWith(
        SessionReason.NAMESPACE_NOT_ALLOWED, () -> replica.create(key.getSecret(), "default"));
  }

  @Test
  void permissionDeniedNamesWhatIsRequiredAndWhere() {
    String namespace = newNamespace();
    String token = session(newKey(root, "app", namespace, "queue:write"), namespace);
    var failure = failsWith(CallReason.PERMISSION_DENIED, () -> register(token, "denied"));
    assertThat(infoOf(failure).getMetadataMap())
        .containsEntry("required", "config:admin")
        .containsEntry("namespace", namespace);
  }

  @Test
  void aRevokedKeyCreatesNoSessionsAndRevokingAgainIsFine() {
    String namespace = newNamespace();
    CreateApiKeyResponse key = newKey(root, "app", namespace, "queue:write");
    String token = session(key, namespace);
    RevokeApiKeyRequest revoke =
        RevokeApiKeyRequest.newBuilder().setId(key.getApiKey().getId()).build();
    Timestamp revoked = replica.admin(root).revokeApiKey(revoke).getApiKey().getRevokedAt();
    failsWith(SessionReason.INVALID_CREDENTIALS, () -> replica.create(key.getSecret(), namespace));
    assertThat(replica.admin(root).revokeApiKey(revoke).getApiKey().getRevokedAt())
        .isEqualTo(revoked);
    assertThat(replica.sessions(token).heartbeat(HeartbeatRequest.getDefaultInstance()).hasTtl())
        .as("sessions that exist go on")
        .isTrue();
    failsWith(
        SessionReason.API_KEY_NOT_FOUND,
        () ->
            replica
                .admin(root)
                .revokeApiKey(RevokeApiKeyRequest.newBuilder().setId("nobody").build()));
  }

  @Test
  void anExpiredKeyIsAWrongCredential() {
    Instant soon = Instant.now().plusMillis(700);
    CreateApiKeyResponse key =
        replica
            .admin(root)
            .createApiKey(
                CreateApiKeyRequest.newBuilder()
                    .setPrincipal("app")
                    .addAllowedNamespaces("default")
                    .addPermissions("queue:read")
                    .setExpiresAt(
                        Timestamp.newBuilder()
                            .setSeconds(soon.getEpochSecond())
                            .setNanos(soon.getNano()))
                    .build());
    Await.until("the key's end", () -> Instant.now().isAfter(soon));
    failsWith(SessionReason.INVALID_CREDENTIALS, () -> replica.create(key.getSecret(), "default"));
  }

  @Test
  void theListOfKeysShowsNoSecretAndWhenAKeyWasUsed() {
    String namespace = newNamespace();
    CreateApiKeyResponse key = newKey(root, "lister", namespace, "queue:write");
    session(key, namespace);
    List<ApiKey> listed =
        replica
            .admin(root)
            .listApiKeys(ListApiKeysRequest.newBuilder().setPrincipal("lister").build())
            .getApiKeysList();
    assertThat(listed).hasSize(1);
    assertThat(listed.getFirst().hasLastUsedAt()).isTrue();
    String secret = key.getSecret().substring(key.getSecret().indexOf('.') + 1);
    assertThat(listed.toString()).doesNotContain(secret);
  }

  @Test
  void nobodyGrantsMoreThanItHasItself() {
    String own = newNamespace();
    String other = newNamespace();
    String admin = session(newKey(root, "boss", own, "admin:admin", "queue:write"), own);
    newKey(admin, "app", own, "queue:read");
    failsWith(SessionReason.GRANT_NOT_ALLOWED, () -> newKey(admin, "app", own, "queue:admin"));
    failsWith(SessionReason.GRANT_NOT_ALLOWED, () -> newKey(admin, "app", own, "*:read"));
    failsWith(SessionReason.GRANT_NOT_ALLOWED, () -> newKey(admin, "app", other, "queue:read"));
    failsWith(SessionReason.GRANT_NOT_ALLOWED, () -> newKey(admin, "app", "*", "queue:read"));
  }

  @Test
  void anAdminSeesAndChangesOnlyItsOwnNamespaces() {
    String own = newNamespace();
    String other = newNamespace();
    CreateSessionResponse foreign = replica.create(SessionReplica.BOOTSTRAP_KEY, other);
    String admin = session(newKey(root, "boss", own, "admin:admin"), own);
    assertThat(
            replica
                .admin(admin)
                .listNamespaces(ListNamespacesRequest.getDefaultInstance())
                .getNamespacesList())
        .singleElement()
        .extracting(namespace -> namespace.getName())
        .isEqualTo(own);
    assertThat(
            replica
                .admin(admin)
                .listSessions(ListSessionsRequest.getDefaultInstance())
                .getSessionsList())
        .isNotEmpty()
        .allMatch(session -> session.getNamespace().equals(own));
    assertThat(
            replica
                .admin(admin)
                .listApiKeys(ListApiKeysRequest.getDefaultInstance())
                .getApiKeysList())
        .isNotEmpty()
        .allMatch(key -> key.getAllowedNamespacesList().equals(List.of(own)));
    assertThat(
            replica
                .admin(admin)
                .listAuditEvents(ListAuditEventsRequest.getDefaultInstance())
                .getEventsList())
        .isNotEmpty()
        .allMatch(event -> event.getNamespace().equals(own));
    failsWith(
        SessionReason.SESSION_NOT_FOUND,
        () ->
            replica
                .admin(admin)
                .terminateSession(
                    TerminateSessionRequest.newBuilder()
                        .setSessionId(foreign.getSessionId())
                        .setForce(true)
                        .build()));
    failsWith(
        SessionReason.NAMESPACE_NOT_ALLOWED,
        () ->
            replica
                .admin(admin)
                .updateNamespace(
                    UpdateNamespaceRequest.newBuilder()
                        .setName(other)
                        .setStatus(NamespaceStatus.NAMESPACE_STATUS_SUSPENDED)
                        .build()));
    failsWith(
        SessionReason.API_KEY_NOT_FOUND,
        () ->
            replica
                .admin(admin)
                .revokeApiKey(RevokeApiKeyRequest.newBuilder().setId("root").build()));
  }

  @Test
  void aKeyForNamedConfigsRefusesInlineOnesAndOthers() {
    String namespace = newNamespace();
    String admin = replica.create(SessionReplica.BOOTSTRAP_KEY, namespace).getSessionToken();
    register(admin, "allowed-" + namespace);
    register(admin, "other-" + namespace);
    CreateApiKeyResponse key =
        replica
            .admin(root)
            .createApiKey(
                CreateApiKeyRequest.newBuilder()
                    .setPrincipal("app")
                    .addAllowedNamespaces(namespace)
                    .addPermissions("queue:write")
                    .addAllowedConfigNames("allowed-" + namespace)
                    .build());
    CreateSessionRequest.Builder request =
        CreateSessionRequest.newBuilder().setApiKey(key.getSecret());
    assertThat(
            replica
                .sessions()
                .createSession(request.setConfigName("allowed-" + namespace).build())
                .getConfig()
                .getNamespace())
        .isEqualTo(namespace);
    failsWith(
        SessionReason.CONFIG_NOT_ALLOWED,
        () ->
            replica.sessions().createSession(request.setConfigName("other-" + namespace).build()));
    failsWith(SessionReason.CONFIG_NOT_ALLOWED, () -> replica.create(key.getSecret(), namespace));
  }

  @Test
  void liveSessionsAreListedNewestFirstPageByPage() {
    String namespace = newNamespace();
    List<String> created = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      created.addFirst(replica.create(SessionReplica.BOOTSTRAP_KEY, namespace).getSessionId());
    }
    ListSessionsRequest.Builder request =
        ListSessionsRequest.newBuilder().setNamespace(namespace).setPageSize(2);
    List<String> listed = new ArrayList<>();
    ListSessionsResponse page;
    do {
      page = replica.admin(root).listSessions(request.build());
      page.getSessionsList().forEach(session -> listed.add(session.getSessionId()));
      request.setPageToken(page.getNextPageToken());
    } while (!page.getNextPageToken().isEmpty());
    assertThat(listed).isEqualTo(created);
    SessionInfo one = page.getSessions(0);
    assertThat(one.getPrincipal()).isEqualTo("admin");
    assertThat(one.getClientId()).isEqualTo("test");
    assertThat(one.getStatus()).isEqualTo(SessionStatus.SESSION_STATUS_ACTIVE);
    assertThat(
            replica
                .admin(root)
                .listSessions(
                    ListSessionsRequest.newBuilder()
                        .setNamespace(namespace)
                        .setStatus(SessionStatus.SESSION_STATUS_EXPIRING)
                        .build())
                .getSessionsList())
        .isEmpty();
  }

  @Test
  void aTerminatedSessionIsRefusedAndTheReasonIsKept() {
    CreateSessionResponse victim = replica.create();
    var answer =
        replica
            .admin(root)
            .terminateSession(
                TerminateSessionRequest.newBuilder()
                    .setSessionId(victim.getSessionId())
                    .setForce(true)
                    .setReason("left the company")
                    .build());
    assertThat(answer.getClosed()).isTrue();
    failsWith(
        CallReason.SESSION_CLOSED,
        () ->
            replica
                .sessions(victim.getSessionToken())
                .heartbeat(HeartbeatRequest.getDefaultInstance()));
    assertThat(events("session.terminate", victim.getSessionId()))
        .singleElement()
        .satisfies(
            event -> {
              assertThat(event.getDetailsMap()).containsEntry("reason", "left the company");
              assertThat(event.getActor()).isEqualTo("admin");
            });
  }

  private List<AuditEvent> events(String action, String resource) {
    return replica
        .admin(root)
        .listAuditEvents(
            ListAuditEventsRequest.newBuilder().setAction(action).setResource(resource).build())
        .getEventsList();
  }

  @Test
  void everySecurityRelevantActionLeavesAnAuditEvent() {
    String namespace = newNamespace();
    CreateApiKeyResponse key = newKey(root, "audited", namespace, "queue:write");
    CreateSessionResponse session = replica.create(key.getSecret(), namespace);
    replica
        .sessions(session.getSessionToken())
        .closeSession(io.prism.session.v1.CloseSessionRequest.getDefaultInstance());
    status(namespace, NamespaceStatus.NAMESPACE_STATUS_READ_ONLY);
    replica
        .admin(root)
        .revokeApiKey(RevokeApiKeyRequest.newBuilder().setId(key.getApiKey().getId()).build());
    assertThat(events("namespace.create", namespace)).hasSize(1);
    assertThat(events("namespace.update", namespace)).hasSize(1);
    assertThat(events("api_key.create", key.getApiKey().getId())).hasSize(1);
    assertThat(events("api_key.revoke", key.getApiKey().getId())).hasSize(1);
    assertThat(events("session.create", session.getSessionId()))
        .singleElement()
        .satisfies(
            event -> {
              assertThat(event.getActor()).isEqualTo("audited");
              assertThat(event.getRequestId()).isNotEmpty().isNotEqualTo("none");
              assertThat(event.getDetailsMap())
                  .containsEntry("credential", "api_key:" + key.getApiKey().getId());
            });
    assertThat(events("session.close", session.getSessionId())).hasSize(1);
    failsWith(SessionReason.INVALID_CREDENTIALS, () -> replica.create(key.getSecret(), namespace));
    assertThat(
            replica
                .admin(root)
                .listAuditEvents(
                    ListAuditEventsRequest.newBuilder()
                        .setActor("api_key:" + key.getApiKey().getId())
                        .setOutcome(AuditOutcome.AUDIT_OUTCOME_DENIED)
                        .build())
                .getEventsList())
        .hasSize(1);
    assertThat(
            replica
                .admin(root)
                .listAuditEvents(ListAuditEventsRequest.getDefaultInstance())
                .toString())
        .doesNotContain(key.getSecret().substring(key.getSecret().indexOf('.') + 1));
  }

  @Test
  void auditEventsAreBoundedByTimesInOrder() {
    failsWith(
        CallReason.INVALID_ARGUMENT,
        () ->
            replica
                .admin(root)
                .listAuditEvents(
                    ListAuditEventsRequest.newBuilder()
                        .setStartTime(Timestamp.newBuilder().setSeconds(10))
                        .setEndTime(Timestamp.newBuilder().setSeconds(10))
                        .build()));
    assertThat(
            replica
                .admin(root)
                .listAuditEvents(
                    ListAuditEventsRequest.newBuilder()
                        .setEndTime(Timestamp.newBuilder().setSeconds(10))
                        .build())
                .getEventsList())
        .isEmpty();
  }
}
