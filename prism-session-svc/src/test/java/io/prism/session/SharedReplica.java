package io.prism.session;

import io.prism.starter.testing.PostgresFixture;
import org.jspecify.annotations.Nullable;

/** One replica for all tests that need nothing special of it: to start one takes seconds. */
final class SharedReplica {

  static final TestIssuer ISSUER = new TestIssuer();
  static final TestAuthority AUTHORITY = new TestAuthority("the authority that counts");

  private static @Nullable SessionReplica replica;

  private SharedReplica() {}

  static synchronized SessionReplica get() {
    SessionReplica running = replica;
    if (running == null) {
      SessionReplica started =
          SessionReplica.start(
              PostgresFixture.database(),
              "prism.session.server.oidc.issuers[0].issuer=" + TestIssuer.NAME,
              "prism.session.server.oidc.issuers[0].jwks-uri=" + ISSUER.jwksUri(),
              "prism.session.server.oidc.issuers[0].audience=" + TestIssuer.AUDIENCE,
              "prism.session.server.oidc.issuers[0].principal-prefix=staff/",
              "prism.session.server.oidc.issuers[0].permissions[0]=reader:read",
              "prism.session.server.mtls.ca=" + AUTHORITY.file(),
              "prism.session.server.mtls.principals[0].principal=spiffe://prism.test/app",
              "prism.session.server.mtls.principals[0].namespaces[0]=default",
              "prism.session.server.mtls.principals[0].permissions[0]=queue:write",
              "prism.session.server.mtls.principals[1].principal=by-name",
              "prism.session.server.mtls.principals[1].namespaces[0]=default",
              "prism.session.server.mtls.principals[1].permissions[0]=queue:read",
              "prism.session.server.changes.max-waiting=2000");
      Runtime.getRuntime().addShutdownHook(new Thread(started::close));
      replica = started;
      running = started;
    }
    return running;
  }
}
