package io.prism.session.domain;

import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;
import java.util.regex.Pattern;

/** An API key with its secret, of 256 random bits. */
public record NewApiKey(String id, String secret) {

  private static final Pattern ID = Pattern.compile("[A-Za-z0-9_-]{1,64}");
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final int ID_BYTES = 8;
  private static final int SECRET_BYTES = 32;

  public static NewApiKey generate() {
    byte[] id = new byte[ID_BYTES];
    byte[] secret = new byte[SECRET_BYTES];
    RANDOM.nextBytes(id);
    RANDOM.nextBytes(secret);
    return new NewApiKey(
        "prism_" + HexFormat.of().formatHex(id),
        Base64.getUrlEncoder().withoutPadding().encodeToString(secret));
  }

  public static boolean isId(String text) {
    return ID.matcher(text).matches();
  }

  /** The whole key, as CreateSession takes it. */
  public String text() {
    return id + "." + secret;
  }

  public Credentials.ApiKey credentials() {
    return new Credentials.ApiKey(text());
  }

  @Override
  public String toString() {
    return "NewApiKey[" + id + ".***]";
  }
}
