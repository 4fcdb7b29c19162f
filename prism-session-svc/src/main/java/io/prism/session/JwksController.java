package io.prism.session;

import java.time.Duration;
import org.springframework.http.CacheControl;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Publishes the public keys over HTTP. */
@RestController
class JwksController {

  private static final CacheControl CACHE =
      CacheControl.maxAge(Duration.ofMinutes(1)).cachePublic().mustRevalidate();

  private final JwksDocument document;

  JwksController(JwksDocument document) {
    this.document = document;
  }

  @GetMapping(path = "/.well-known/jwks.json", produces = MediaType.APPLICATION_JSON_VALUE)
  ResponseEntity<String> keys() {
    return ResponseEntity.ok().cacheControl(CACHE).body(document.json());
  }
}
