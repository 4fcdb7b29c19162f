package io.prism.starter.auth;

import io.prism.config.v1.ClientConfig;
import io.prism.options.v1.Access;
import java.time.Instant;

/**
 * What a session's token says.
 *
 * @param id the session id; not secret
 * @param principal who created the session
 * @param clientId the client's own name for itself; may be empty
 * @param namespace the one namespace whose data the session reaches
 * @param permissions what it may call
 * @param config the resolved configuration; its rate limit applies per service instance
 * @param readOnly whether the session was created READ_ONLY
 * @param createdAt when the session was created
 * @param tokenExpiresAt when the token dies by itself, whatever is refreshed
 */
public record Session(
    String id,
    String principal,
    String clientId,
    String namespace,
    Permissions permissions,
    ClientConfig config,
    boolean readOnly,
    Instant createdAt,
    Instant tokenExpiresAt) {

  /**
   * The session of the current call.
   *
   * @throws IllegalStateException outside a call that needs a session
   */
  public static Session current() {
    return LiveSession.current().session();
  }

  /**
   * Checks that the session may do more just now than the level of the current rpc says, for an rpc
   * that does one or the other.
   *
   * @param service the service's name in permissions
   * @throws io.prism.starter.error.PrismException PERMISSION_DENIED, or what {@code access} is
   *     refused with in the session's present condition
   */
  public void requireAccess(String service, Access access) {
    LiveSession live = LiveSession.current();
    live.check(access);
    if (!permissions.allow(service, access)) {
      throw live.denied(service, access);
    }
  }
}
