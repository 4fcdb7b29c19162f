package io.prism.starter.testing;

/** Session tokens that no service may accept; see {@link TokenMinter#forge}. */
public enum Forgery {
  /** Signed by another key under the key id of the real one. */
  OTHER_KEY,
  /** Signed by another key under a key id that nobody published. */
  UNKNOWN_KEY_ID,
  /** Signed by another key that it carries with it in its header. */
  KEY_IN_HEADER,
  /** Not signed, and says so. */
  ALG_NONE,
  /** An HMAC whose secret is the public key. */
  HMAC_WITH_PUBLIC_KEY,
  /** The right key and algorithm family, but not the one algorithm. */
  OTHER_ALGORITHM,
  WRONG_ISSUER,
  WRONG_AUDIENCE,
  /** A good JWT of the issuer that is no session token. */
  WRONG_TYPE,
  NO_TYPE,
  NO_SESSION_ID,
  NO_EXPIRY,
  /** Permissions in another form. */
  BAD_PERMISSION,
  /** A configuration that is no protobuf. */
  BAD_CONFIG,
  /** The signature of another session's token. */
  SIGNATURE_OF_ANOTHER,
  /** The claims changed after they were signed. */
  CHANGED_CLAIMS,
  /** The last ten characters are missing. */
  TRUNCATED,
  /** Text, and no JWT. */
  NO_JWT
}
