package io.prism.local.services;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Base64;

/**
 * The secrets of a data folder: made once, each in a file that only its owner reads.
 *
 * @param apiKey the first administrator's key, {@code keyid.secret}
 * @param keyEncryptionKey what session-svc encrypts its signing keys with, 256 bits in Base64
 * @param internalToken what the services know each other by
 * @param cursorKey what reader-svc signs its cursors with
 * @param urlKey what objectstore-svc signs its URLs with
 */
record LocalSecrets(
    String apiKey, String keyEncryptionKey, String internalToken, String cursorKey, String urlKey) {

  private static final int SECRET_BYTES = 32;
  private static final SecureRandom RANDOM = new SecureRandom();

  static LocalSecrets in(Path folder) {
    return new LocalSecrets(
        kept(folder.resolve("api-key"), "local." + random(Base64.getUrlEncoder().withoutPadding())),
        kept(folder.resolve("key-encryption-key"), random(Base64.getEncoder())),
        kept(folder.resolve("internal-token"), random(Base64.getUrlEncoder().withoutPadding())),
        kept(folder.resolve("cursor-key"), random(Base64.getUrlEncoder().withoutPadding())),
        kept(folder.resolve("url-key"), random(Base64.getUrlEncoder().withoutPadding())));
  }

  private static String random(Base64.Encoder encoder) {
    byte[] bytes = new byte[SECRET_BYTES];
    RANDOM.nextBytes(bytes);
    return encoder.encodeToString(bytes);
  }

  private static String kept(Path file, String fresh) {
    try {
      if (!Files.exists(file)) {
        Files.createFile(
            file,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(file, fresh + "\n");
      }
      return Files.readString(file).strip();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public String toString() {
    return "LocalSecrets[***]";
  }
}
