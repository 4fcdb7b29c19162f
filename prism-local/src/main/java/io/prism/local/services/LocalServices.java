package io.prism.local.services;

import io.prism.queue.QueueApplication;
import io.prism.session.JwksDocument;
import io.prism.session.SessionApplication;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * The list of services in local mode; session first, since the others learn of sessions from it.
 */
final class LocalServices {

  private LocalServices() {}

  static List<ServiceContext> all() {
    return List.of(
        new ServiceContext(
            "session", SessionApplication.class, Set.of(ServiceContext.Store.SQL), Map.of()),
        new ServiceContext(
            "queue", QueueApplication.class, Set.of(ServiceContext.Store.KAFKA), Map.of()));
  }

  static FrontConfiguration.Jwks jwks(Map<String, ConfigurableApplicationContext> contexts) {
    ConfigurableApplicationContext session = contexts.get("session");
    if (session == null) {
      throw new IllegalStateException("no session service");
    }
    return session.getBean(JwksDocument.class)::json;
  }
}
