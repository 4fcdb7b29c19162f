package io.prism.session.domain;

import io.prism.config.v1.ClientConfig;
import java.time.Duration;

/**
 * A session to be created.
 *
 * @param lifetime until it expires unless refreshed
 * @param tokenLifetime until it expires whatever is refreshed
 */
public record NewSession(
    String id,
    Identity identity,
    Client client,
    ClientConfig config,
    Duration lifetime,
    Duration tokenLifetime) {

  public String namespace() {
    return config.getNamespace();
  }
}
