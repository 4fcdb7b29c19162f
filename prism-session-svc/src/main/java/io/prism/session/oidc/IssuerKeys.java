package io.prism.session.oidc;

import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.jwk.source.JWKSourceBuilder;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jose.util.DefaultResourceRetriever;
import java.net.MalformedURLException;
import java.net.URI;
import java.time.Duration;

/** The keys of an issuer, fetched over HTTP. */
public final class IssuerKeys {

  private static final int MAX_BYTES = 256 * 1024;
  private static final Duration MIN_INTERVAL = Duration.ofSeconds(10);
  private static final Duration OUTAGE = Duration.ofHours(1);

  private IssuerKeys() {}

  /**
   * Fetches keys when they are needed: cached, fetched anew for an unknown key id but not more
   * often than every ten seconds, and used on for an hour while the issuer cannot be reached.
   */
  public static JWKSource<SecurityContext> of(URI uri, Duration timeout, Duration cacheTtl) {
    int millis = Math.toIntExact(timeout.toMillis());
    try {
      return JWKSourceBuilder.<SecurityContext>create(
              uri.toURL(), new DefaultResourceRetriever(millis, millis, MAX_BYTES))
          .cache(cacheTtl.toMillis(), timeout.toMillis())
          .refreshAheadCache(false)
          .rateLimited(MIN_INTERVAL.toMillis())
          .retrying(true)
          .outageTolerant(OUTAGE.toMillis())
          .build();
    } catch (MalformedURLException | IllegalArgumentException e) {
      throw new IllegalStateException(uri + " (expected: an http or https URL)", e);
    }
  }
}
