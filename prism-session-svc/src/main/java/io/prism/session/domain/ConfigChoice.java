package io.prism.session.domain;

import io.prism.config.v1.ClientConfig;

/** The configuration that a client asks for. */
public sealed interface ConfigChoice {

  /** The newest version of a registered one. */
  record Named(String name) implements ConfigChoice {}

  /** One that the client brings along. */
  record Inline(ClientConfig config) implements ConfigChoice {}

  /** None: the deployment's defaults. */
  record None() implements ConfigChoice {}
}
