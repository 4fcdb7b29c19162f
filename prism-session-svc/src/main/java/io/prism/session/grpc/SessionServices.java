package io.prism.session.grpc;

import io.grpc.BindableService;
import io.grpc.ServerInterceptors;
import io.prism.session.domain.ApiKeys;
import io.prism.session.domain.AuditStore;
import io.prism.session.domain.Configs;
import io.prism.session.domain.InstanceStore;
import io.prism.session.domain.NamespaceRules;
import io.prism.session.domain.SessionChanges;
import io.prism.session.domain.SessionStore;
import io.prism.session.domain.Sessions;
import io.prism.session.domain.SupportedFeatures;
import io.prism.session.token.TokenIssuer;

/** Makes the gRPC services of session-svc. */
public final class SessionServices {

  private SessionServices() {}

  /** {@code prism.session.v1.SessionService}. */
  public static BindableService sessions(
      Sessions sessions, TokenIssuer tokens, SupportedFeatures features) {
    BindableService service = new SessionGrpcService(sessions, tokens, features);
    return () -> ServerInterceptors.intercept(service, new PeerInterceptor());
  }

  /**
   * {@code prism.session.internal.v1.SessionFeed}.
   *
   * @param maxWaiting most changes that may wait for an instance
   */
  public static BindableService feed(
      SessionStore sessions, InstanceStore instances, SessionChanges changes, int maxWaiting) {
    return new SessionFeedGrpcService(sessions, instances, changes, maxWaiting);
  }

  /** {@code prism.config.v1.ConfigService}. */
  public static BindableService configs(Configs configs, Sessions sessions) {
    return new ConfigGrpcService(configs, sessions);
  }

  /** {@code prism.admin.v1.AdminService}. */
  public static BindableService admin(
      Sessions sessions, NamespaceRules namespaces, ApiKeys keys, AuditStore audit) {
    return new AdminGrpcService(sessions, namespaces, keys, audit);
  }
}
