package io.prism.session.token;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/** Encrypts private keys at rest with AES-256-GCM; the key's id is authenticated with it. */
public final class KeyEncryption {

  private static final String CIPHER = "AES/GCM/NoPadding";
  private static final int NONCE_BYTES = 12;
  private static final int TAG_BITS = 128;

  private final SecureRandom random = new SecureRandom();
  private final SecretKeySpec key;

  /**
   * @param key 32 bytes
   */
  public KeyEncryption(byte[] key) {
    if (key.length != 32) {
      throw new IllegalArgumentException(
          "key-encryption key: " + key.length + " bytes (expected: 32, base64)");
    }
    this.key = new SecretKeySpec(key, "AES");
  }

  public byte[] encrypt(String keyId, String privateKey) {
    byte[] nonce = new byte[NONCE_BYTES];
    random.nextBytes(nonce);
    try {
      byte[] sealed =
          cipher(Cipher.ENCRYPT_MODE, nonce, keyId)
              .doFinal(privateKey.getBytes(StandardCharsets.UTF_8));
      return ByteBuffer.allocate(NONCE_BYTES + sealed.length).put(nonce).put(sealed).array();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("a signing key cannot be encrypted", e);
    }
  }

  /**
   * Opens what {@link #encrypt} made.
   *
   * @throws IllegalStateException with another key or id, or when it was tampered with
   */
  public String decrypt(String keyId, byte[] encrypted) {
    ByteBuffer sealed = ByteBuffer.wrap(encrypted);
    byte[] nonce = new byte[NONCE_BYTES];
    sealed.get(nonce);
    byte[] text = new byte[sealed.remaining()];
    sealed.get(text);
    try {
      return new String(
          cipher(Cipher.DECRYPT_MODE, nonce, keyId).doFinal(text), StandardCharsets.UTF_8);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(
          "signing key "
              + keyId
              + " cannot be decrypted (expected: the encryption-key that it was stored with)",
          e);
    }
  }

  private Cipher cipher(int mode, byte[] nonce, String keyId) throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance(CIPHER);
    cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
    cipher.updateAAD(keyId.getBytes(StandardCharsets.UTF_8));
    return cipher;
  }
}
