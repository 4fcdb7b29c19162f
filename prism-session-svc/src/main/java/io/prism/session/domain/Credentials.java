package io.prism.session.domain;

import java.util.Arrays;

/** What a client shows in order to create a session. */
public sealed interface Credentials {

  /** An API key, {@code keyid.secret}. */
  record ApiKey(String text) implements Credentials {

    private static final int MAX_ID = 64;

    /** The part before the dot, cut to a sane length; not a secret. */
    public String keyId() {
      int dot = text.indexOf('.');
      String id = dot < 0 ? "" : text.substring(0, dot);
      return id.length() > MAX_ID ? id.substring(0, MAX_ID) : id;
    }

    public String secret() {
      return text.substring(text.indexOf('.') + 1);
    }

    @Override
    public String toString() {
      return "ApiKey[" + keyId() + ".***]";
    }
  }

  /** A token of an OpenID Connect issuer. */
  record Token(String text) implements Credentials {
    @Override
    public String toString() {
      return "Token[***]";
    }
  }

  /** The client certificate of the TLS connection, DER or PEM. */
  @SuppressWarnings("ArrayRecordComponent") // Compared by content.
  record Certificate(byte[] encoded) implements Credentials {
    @Override
    public boolean equals(Object other) {
      return other instanceof Certificate that && Arrays.equals(encoded, that.encoded);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(encoded);
    }

    @Override
    public String toString() {
      return "Certificate[" + encoded.length + " bytes]";
    }
  }
}
