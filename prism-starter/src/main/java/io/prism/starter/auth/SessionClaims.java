package io.prism.starter.auth;

import com.google.protobuf.InvalidProtocolBufferException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jwt.JWTClaimsSet;
import io.prism.config.v1.ClientConfig;
import java.text.ParseException;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.List;

/** The form of a session token: session-svc writes it, every service reads it. */
public final class SessionClaims {

  /** The one signature algorithm; anything else is refused. */
  public static final JWSAlgorithm ALGORITHM = JWSAlgorithm.RS256;

  /** The header's {@code typ}, so that no other JWT of the same issuer passes for a session. */
  public static final JOSEObjectType TYPE = new JOSEObjectType("prism-session+jwt");

  /** The {@code aud} claim. */
  public static final String AUDIENCE = "prism";

  private static final String CLIENT = "cid";
  private static final String NAMESPACE = "ns";
  private static final String PERMISSIONS = "perm";
  private static final String CONFIG = "cfg";
  private static final String READ_ONLY = "ro";

  private SessionClaims() {}

  /** The claims of a session's token. */
  public static JWTClaimsSet write(Session session, String issuer) {
    JWTClaimsSet.Builder claims =
        new JWTClaimsSet.Builder()
            .issuer(issuer)
            .audience(AUDIENCE)
            .subject(session.principal())
            .jwtID(session.id())
            .issueTime(Date.from(session.createdAt()))
            .expirationTime(Date.from(session.tokenExpiresAt()))
            .claim(CLIENT, session.clientId())
            .claim(NAMESPACE, session.namespace())
            .claim(PERMISSIONS, session.permissions().texts())
            .claim(
                CONFIG,
                Base64.getUrlEncoder()
                    .withoutPadding()
                    .encodeToString(session.config().toByteArray()));
    if (session.readOnly()) {
      claims.claim(READ_ONLY, true);
    }
    return claims.build();
  }

  /**
   * Reads verified claims.
   *
   * @throws ParseException when they are not those of a session token
   */
  static Session read(JWTClaimsSet claims) throws ParseException {
    List<String> permissions = claims.getStringListClaim(PERMISSIONS);
    String config = claims.getStringClaim(CONFIG);
    String namespace = claims.getStringClaim(NAMESPACE);
    String client = claims.getStringClaim(CLIENT);
    if (permissions == null || config == null || namespace == null || claims.getSubject() == null) {
      throw new ParseException("not the claims of a session token", 0);
    }
    try {
      return new Session(
          claims.getJWTID(),
          claims.getSubject(),
          client == null ? "" : client,
          namespace,
          Permissions.parse(permissions),
          ClientConfig.parseFrom(Base64.getUrlDecoder().decode(config)),
          Boolean.TRUE.equals(claims.getBooleanClaim(READ_ONLY)),
          instant(claims.getIssueTime()),
          instant(claims.getExpirationTime()));
    } catch (InvalidProtocolBufferException | IllegalArgumentException e) {
      throw new ParseException(String.valueOf(e.getMessage()), 0);
    }
  }

  private static Instant instant(Date date) {
    return date.toInstant();
  }
}
