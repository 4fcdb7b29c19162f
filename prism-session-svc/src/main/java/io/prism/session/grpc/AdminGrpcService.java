package io.prism.session.grpc;

import io.grpc.stub.StreamObserver;
import io.prism.admin.v1.AdminServiceGrpc;
import io.prism.admin.v1.CreateApiKeyRequest;
import io.prism.admin.v1.CreateApiKeyResponse;
import io.prism.admin.v1.CreateNamespaceRequest;
import io.prism.admin.v1.CreateNamespaceResponse;
import io.prism.admin.v1.GetNamespaceRequest;
import io.prism.admin.v1.GetNamespaceResponse;
import io.prism.admin.v1.ListApiKeysRequest;
import io.prism.admin.v1.ListApiKeysResponse;
import io.prism.admin.v1.ListAuditEventsRequest;
import io.prism.admin.v1.ListAuditEventsResponse;
import io.prism.admin.v1.ListNamespacesRequest;
import io.prism.admin.v1.ListNamespacesResponse;
import io.prism.admin.v1.ListSessionsRequest;
import io.prism.admin.v1.ListSessionsResponse;
import io.prism.admin.v1.RevokeApiKeyRequest;
import io.prism.admin.v1.RevokeApiKeyResponse;
import io.prism.admin.v1.TerminateSessionRequest;
import io.prism.admin.v1.TerminateSessionResponse;
import io.prism.admin.v1.UpdateNamespaceRequest;
import io.prism.admin.v1.UpdateNamespaceResponse;
import io.prism.session.domain.ApiKeyFilter;
import io.prism.session.domain.ApiKeyRecord;
import io.prism.session.domain.ApiKeys;
import io.prism.session.domain.AuditEntry;
import io.prism.session.domain.AuditFilter;
import io.prism.session.domain.AuditStore;
import io.prism.session.domain.AuditStore.AuditRecord;
import io.prism.session.domain.Caller;
import io.prism.session.domain.Closing;
import io.prism.session.domain.NamespaceRecord;
import io.prism.session.domain.NamespaceRules;
import io.prism.session.domain.NamespaceStatus;
import io.prism.session.domain.Page;
import io.prism.session.domain.Rights;
import io.prism.session.domain.SessionFilter;
import io.prism.session.domain.SessionRecord;
import io.prism.session.domain.Sessions;
import io.prism.session.grpc.PageTokens.Part;
import io.prism.starter.auth.Session;
import io.prism.starter.error.PrismException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Serves {@code prism.admin.v1.AdminService}. */
final class AdminGrpcService extends AdminServiceGrpc.AdminServiceImplBase {

  private final Sessions sessions;
  private final NamespaceRules namespaces;
  private final ApiKeys keys;
  private final AuditStore audit;

  AdminGrpcService(Sessions sessions, NamespaceRules namespaces, ApiKeys keys, AuditStore audit) {
    this.sessions = sessions;
    this.namespaces = namespaces;
    this.keys = keys;
    this.audit = audit;
  }

  private Caller caller() {
    return sessions.caller(Session.current().id());
  }

  private static <T> void answer(StreamObserver<T> responses, T response) {
    responses.onNext(response);
    responses.onCompleted();
  }

  private static <T> Optional<T> given(boolean isSet, Supplier<T> value) {
    return isSet ? Optional.of(value.get()) : Optional.empty();
  }

  @Override
  public void createNamespace(
      CreateNamespaceRequest request, StreamObserver<CreateNamespaceResponse> responses) {
    NamespaceRecord created =
        namespaces.create(caller(), request.getName(), request.getDescription());
    answer(
        responses,
        CreateNamespaceResponse.newBuilder().setNamespace(AdminProtos.namespace(created)).build());
  }

  @Override
  public void getNamespace(
      GetNamespaceRequest request, StreamObserver<GetNamespaceResponse> responses) {
    NamespaceRecord found = namespaces.get(caller(), request.getName());
    answer(
        responses,
        GetNamespaceResponse.newBuilder().setNamespace(AdminProtos.namespace(found)).build());
  }

  @Override
  public void listNamespaces(
      ListNamespacesRequest request, StreamObserver<ListNamespacesResponse> responses) {
    Optional<NamespaceStatus> status =
        given(request.hasStatus(), () -> AdminProtos.status(request.getStatus()));
    PageTokens tokens = PageTokens.of(List.of("ListNamespaces", status), Part.TEXT);
    Page<NamespaceRecord> page =
        namespaces.list(
            caller(), status, tokens.request(request.getPageSize(), request.getPageToken()));
    answer(
        responses,
        ListNamespacesResponse.newBuilder()
            .addAllNamespaces(page.items().stream().map(AdminProtos::namespace).toList())
            .setNextPageToken(tokens.token(page.next()))
            .build());
  }

  @Override
  public void updateNamespace(
      UpdateNamespaceRequest request, StreamObserver<UpdateNamespaceResponse> responses) {
    NamespaceRecord updated =
        namespaces.update(
            caller(),
            request.getName(),
            given(request.hasStatus(), () -> AdminProtos.status(request.getStatus())),
            given(request.hasDescription(), request::getDescription));
    answer(
        responses,
        UpdateNamespaceResponse.newBuilder().setNamespace(AdminProtos.namespace(updated)).build());
  }

  @Override
  public void createApiKey(
      CreateApiKeyRequest request, StreamObserver<CreateApiKeyResponse> responses) {
    Instant expiresAt =
        request.hasExpiresAt() ? AdminProtos.instant("expires_at", request.getExpiresAt()) : null;
    ApiKeys.Created created =
        keys.create(
            caller(),
            request.getPrincipal(),
            new Rights(
                request.getAllowedNamespacesList().stream().distinct().toList(),
                request.getPermissionsList().stream().distinct().toList(),
                request.getAllowedConfigNamesList().stream().distinct().toList()),
            expiresAt);
    answer(
        responses,
        CreateApiKeyResponse.newBuilder()
            .setApiKey(AdminProtos.apiKey(created.key()))
            .setSecret(created.text())
            .build());
  }

  @Override
  public void listApiKeys(
      ListApiKeysRequest request, StreamObserver<ListApiKeysResponse> responses) {
    ApiKeyFilter filter =
        new ApiKeyFilter(
            given(request.hasPrincipal(), request::getPrincipal),
            given(request.hasNamespace(), request::getNamespace),
            request.getIncludeRevoked(),
            caller().rights());
    PageTokens tokens = PageTokens.of(List.of("ListApiKeys", filter), Part.TIME, Part.TEXT);
    Page<ApiKeyRecord> page =
        keys.list(filter, tokens.request(request.getPageSize(), request.getPageToken()));
    answer(
        responses,
        ListApiKeysResponse.newBuilder()
            .addAllApiKeys(page.items().stream().map(AdminProtos::apiKey).toList())
            .setNextPageToken(tokens.token(page.next()))
            .build());
  }

  @Override
  public void revokeApiKey(
      RevokeApiKeyRequest request, StreamObserver<RevokeApiKeyResponse> responses) {
    ApiKeyRecord revoked = keys.revoke(caller(), request.getId());
    answer(
        responses,
        RevokeApiKeyResponse.newBuilder().setApiKey(AdminProtos.apiKey(revoked)).build());
  }

  @Override
  public void listSessions(
      ListSessionsRequest request, StreamObserver<ListSessionsResponse> responses) {
    SessionFilter filter =
        new SessionFilter(
            given(request.hasNamespace(), request::getNamespace),
            given(request.hasPrincipal(), request::getPrincipal),
            given(request.hasStatus(), () -> AdminProtos.status(request.getStatus())),
            caller().rights());
    PageTokens tokens = PageTokens.of(List.of("ListSessions", filter), Part.TIME, Part.TEXT);
    Page<SessionRecord> page =
        sessions.list(filter, tokens.request(request.getPageSize(), request.getPageToken()));
    answer(
        responses,
        ListSessionsResponse.newBuilder()
            .addAllSessions(page.items().stream().map(AdminProtos::session).toList())
            .setNextPageToken(tokens.token(page.next()))
            .build());
  }

  @Override
  public void terminateSession(
      TerminateSessionRequest request, StreamObserver<TerminateSessionResponse> responses) {
    Closing closing =
        sessions.terminate(
            caller(), request.getSessionId(), request.getForce(), request.getReason());
    answer(
        responses,
        TerminateSessionResponse.newBuilder()
            .setClosed(closing.closed())
            .setPendingOperations(closing.pendingOperations())
            .build());
  }

  @Override
  public void listAuditEvents(
      ListAuditEventsRequest request, StreamObserver<ListAuditEventsResponse> responses) {
    AuditFilter filter = filter(request);
    PageTokens tokens = PageTokens.of(List.of("ListAuditEvents", filter), Part.NUMBER);
    Page<AuditRecord> page =
        audit.list(filter, tokens.request(request.getPageSize(), request.getPageToken()));
    answer(
        responses,
        ListAuditEventsResponse.newBuilder()
            .addAllEvents(page.items().stream().map(AdminProtos::event).toList())
            .setNextPageToken(tokens.token(page.next()))
            .build());
  }

  private AuditFilter filter(ListAuditEventsRequest request) {
    Optional<Instant> start =
        given(
            request.hasStartTime(),
            () -> AdminProtos.instant("start_time", request.getStartTime()));
    Optional<Instant> end =
        given(request.hasEndTime(), () -> AdminProtos.instant("end_time", request.getEndTime()));
    if (start.isPresent() && end.isPresent() && !start.get().isBefore(end.get())) {
      throw PrismException.invalid("start_time", "expected: before end_time");
    }
    Optional<AuditEntry.Outcome> outcome =
        given(request.hasOutcome(), () -> AdminProtos.outcome(request.getOutcome()));
    return new AuditFilter(
        given(request.hasActor(), request::getActor),
        given(request.hasAction(), request::getAction),
        given(request.hasResource(), request::getResource),
        given(request.hasNamespace(), request::getNamespace),
        outcome,
        start,
        end,
        caller().rights());
  }
}
