package io.prism.starter;

/**
 * A notable feature of a service, as a bean: clients read it in {@code supported_features} when
 * they create a session.
 *
 * @param name for example {@code queue.redelivery}
 */
public record PrismFeature(String name) {}
