package io.prism.session.domain;

import java.util.Optional;

/**
 * Where API keys are kept. Every method is one transaction; an audit event is stored with the
 * change or not at all. Any method may fail with BACKEND_UNAVAILABLE.
 */
public interface ApiKeyStore {

  Optional<ApiKeyRecord> find(String id);

  void create(ApiKeyRecord key, AuditEntry audit);

  /** Revokes a key; one that is revoked already stays as it is. Empty: there is none. */
  Optional<ApiKeyRecord> revoke(String id, AuditEntry audit);

  /** Keys, newest first. */
  Page<ApiKeyRecord> list(ApiKeyFilter filter, PageRequest page);

  /**
   * Makes {@code key} the deployment's first admin key, and creates the first namespace if there is
   * none. A key of that id that was revoked stays revoked; otherwise it takes over the new hash.
   *
   * @param onlyIfNone leave everything as it is when there is a first admin key already
   * @return whether the key was stored
   */
  boolean bootstrap(ApiKeyRecord key, String namespace, boolean onlyIfNone);
}
