package io.prism.session.token;

/** Where signing keys come from: the database, or a mounted file. */
public interface SigningKeySource {

  /** The keys now; makes a new one when one is due. May block, and fail in an outage. */
  SigningKeys load();
}
