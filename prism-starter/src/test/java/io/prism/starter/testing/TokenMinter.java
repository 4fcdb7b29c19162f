package io.prism.starter.testing;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import io.prism.config.v1.ClientConfig;
import io.prism.starter.auth.Permissions;
import io.prism.starter.auth.Session;
import io.prism.starter.auth.SessionClaims;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;

/** Stands in for session-svc as the issuer of session tokens, with keys of its own. */
public final class TokenMinter {

  /** The issuer of the tokens, and the default of {@code prism.session.issuer}. */
  public static final String ISSUER = "prism";

  private static final int KEY_BITS = 2048;

  private final List<RSAKey> published = new CopyOnWriteArrayList<>();
  private volatile RSAKey signing;

  public TokenMinter() {
    signing = newKey();
    published.add(signing);
  }

  /** Signs with a new key from now on; the old ones stay published. */
  public void rotate() {
    RSAKey next = newKey();
    published.add(next);
    signing = next;
  }

  /** No longer publishes any key but the one that signs. */
  public void retireOldKeys() {
    published.removeIf(key -> !key.getKeyID().equals(signing.getKeyID()));
  }

  /** The published keys, without their private halves. */
  public JWKSet jwks() {
    return new JWKSet(List.copyOf(published)).toPublicJWKSet();
  }

  /** The published keys as a verifier wants them, without a network between. */
  public JWKSource<SecurityContext> keySource() {
    return (selector, context) -> selector.select(jwks());
  }

  /** Starts a session that may do everything in namespace {@code test} for an hour. */
  public SessionSpec session() {
    return new SessionSpec(this);
  }

  /** The token of a session. */
  public String token(Session session) {
    return sign(signing, header(signing).build(), SessionClaims.write(session, ISSUER));
  }

  /** A token that speaks of a session and must be refused. */
  public String forge(Forgery forgery, Session session) {
    JWTClaimsSet claims = SessionClaims.write(session, ISSUER);
    JWSHeader header = header(signing).build();
    return switch (forgery) {
      case OTHER_KEY -> sign(Foreign.KEY, header, claims);
      case UNKNOWN_KEY_ID -> unknownKeyId(claims);
      case KEY_IN_HEADER -> {
        RSAKey other = Foreign.KEY;
        yield sign(other, header(signing).jwk(other.toPublicJWK()).build(), claims);
      }
      case ALG_NONE -> new PlainJWT(claims).serialize();
      case HMAC_WITH_PUBLIC_KEY -> hmac(claims);
      case OTHER_ALGORITHM ->
          sign(
              signing,
              new JWSHeader.Builder(JWSAlgorithm.RS512)
                  .type(SessionClaims.TYPE)
                  .keyID(signing.getKeyID())
                  .build(),
              claims);
      case WRONG_ISSUER -> sign(signing, header, SessionClaims.write(session, "somebody-else"));
      case WRONG_AUDIENCE ->
          sign(signing, header, new JWTClaimsSet.Builder(claims).audience("other").build());
      case WRONG_TYPE ->
          sign(signing, header(signing).type(new JOSEObjectType("at+jwt")).build(), claims);
      case NO_TYPE ->
          sign(
              signing,
              new JWSHeader.Builder(SessionClaims.ALGORITHM).keyID(signing.getKeyID()).build(),
              claims);
      case NO_SESSION_ID ->
          sign(signing, header, new JWTClaimsSet.Builder(claims).jwtID(null).build());
      case NO_EXPIRY ->
          sign(signing, header, new JWTClaimsSet.Builder(claims).expirationTime(null).build());
      case BAD_PERMISSION ->
          sign(
              signing,
              header,
              new JWTClaimsSet.Builder(claims).claim("perm", List.of("everything")).build());
      case BAD_CONFIG ->
          sign(signing, header, new JWTClaimsSet.Builder(claims).claim("cfg", "////").build());
      case SIGNATURE_OF_ANOTHER -> {
        String good = token(session);
        String another = token(session().build());
        yield good.substring(0, good.lastIndexOf('.'))
            + another.substring(another.lastIndexOf('.'));
      }
      case CHANGED_CLAIMS -> {
        String[] parts = token(session).split("\\.", 3);
        String changed = new JWTClaimsSet.Builder(claims).subject("admin").build().toString();
        yield parts[0]
            + "."
            + Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(changed.getBytes(StandardCharsets.UTF_8))
            + "."
            + parts[2];
      }
      case TRUNCATED -> {
        String good = token(session);
        yield good.substring(0, good.length() - 10);
      }
      case NO_JWT -> "not-a-token";
    };
  }

  private String unknownKeyId(JWTClaimsSet claims) {
    // The signature need not be good: no verifier ever has the key. So this is cheap to repeat.
    String good =
        sign(
            signing,
            new JWSHeader.Builder(SessionClaims.ALGORITHM)
                .type(SessionClaims.TYPE)
                .keyID(UUID.randomUUID().toString())
                .build(),
            claims);
    return good.substring(0, good.length() - 4) + "AAAA";
  }

  private String hmac(JWTClaimsSet claims) {
    try {
      JWSHeader header =
          new JWSHeader.Builder(JWSAlgorithm.HS256)
              .type(SessionClaims.TYPE)
              .keyID(signing.getKeyID())
              .build();
      return sign(new MACSigner(signing.toRSAPublicKey().getEncoded()), header, claims);
    } catch (JOSEException e) {
      throw new IllegalStateException(e);
    }
  }

  private static JWSHeader.Builder header(RSAKey key) {
    return new JWSHeader.Builder(SessionClaims.ALGORITHM)
        .type(SessionClaims.TYPE)
        .keyID(key.getKeyID());
  }

  private static String sign(RSAKey key, JWSHeader header, JWTClaimsSet claims) {
    try {
      return sign(new RSASSASigner(key), header, claims);
    } catch (JOSEException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String sign(JWSSigner signer, JWSHeader header, JWTClaimsSet claims) {
    try {
      SignedJWT jwt = new SignedJWT(header, claims);
      jwt.sign(signer);
      return jwt.serialize();
    } catch (JOSEException e) {
      throw new IllegalStateException(e);
    }
  }

  private static RSAKey newKey() {
    try {
      return new RSAKeyGenerator(KEY_BITS).keyID(UUID.randomUUID().toString()).generate();
    } catch (JOSEException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A key that nobody publishes; made once, since making one takes longer than most tests. */
  private static final class Foreign {
    private static final RSAKey KEY = newKey();
  }

  /** A session to be, changed step by step. */
  public static final class SessionSpec {

    private final TokenMinter minter;
    private String id = UUID.randomUUID().toString();
    private String principal = "tester";
    private String clientId = "test-client";
    private String namespace = "test";
    private List<String> permissions = List.of("*:admin");
    private ClientConfig config = ClientConfig.getDefaultInstance();
    private boolean readOnly;
    private Instant createdAt = Instant.now();
    private Duration lifetime = Duration.ofHours(1);

    private SessionSpec(TokenMinter minter) {
      this.minter = minter;
    }

    public SessionSpec id(String id) {
      this.id = id;
      return this;
    }

    public SessionSpec principal(String principal) {
      this.principal = principal;
      return this;
    }

    public SessionSpec clientId(String clientId) {
      this.clientId = clientId;
      return this;
    }

    public SessionSpec namespace(String namespace) {
      this.namespace = namespace;
      return this;
    }

    public SessionSpec permissions(String... permissions) {
      this.permissions = List.of(permissions);
      return this;
    }

    public SessionSpec config(ClientConfig config) {
      this.config = config;
      return this;
    }

    public SessionSpec readOnly() {
      this.readOnly = true;
      return this;
    }

    /** How long after its creation the token dies by itself. */
    public SessionSpec lifetime(Duration lifetime) {
      this.lifetime = lifetime;
      return this;
    }

    public SessionSpec createdAt(Instant createdAt) {
      this.createdAt = createdAt;
      return this;
    }

    /** A session whose token died an hour ago. */
    public SessionSpec expired() {
      return createdAt(Instant.now().minus(Duration.ofHours(2))).lifetime(Duration.ofHours(1));
    }

    public Session build() {
      return new Session(
          id,
          principal,
          clientId,
          namespace,
          Permissions.parse(permissions),
          config,
          readOnly,
          createdAt,
          createdAt.plus(lifetime));
    }

    /** The token of this session. */
    public String token() {
      return minter.token(build());
    }
  }
}
