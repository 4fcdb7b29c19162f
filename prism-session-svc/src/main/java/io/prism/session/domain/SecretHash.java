package io.prism.session.domain;

import java.security.MessageDigest;

/** The hash of a secret; compared in constant time. */
@SuppressWarnings("ArrayRecordComponent") // Copied, and compared by content.
public record SecretHash(byte[] bytes) {

  public SecretHash {
    bytes = bytes.clone();
  }

  @Override
  public byte[] bytes() {
    return bytes.clone();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof SecretHash that && MessageDigest.isEqual(bytes, that.bytes);
  }

  @Override
  public int hashCode() {
    return bytes.length;
  }

  @Override
  public String toString() {
    return "SecretHash[***]";
  }
}
