package io.prism.local.services;

import java.util.Map;

/**
 * Where the stores answer, as the usual Spring Boot properties that a service reads.
 *
 * @param properties empty for a store that the user brings and configures
 */
public record Stores(Map<String, Object> properties) {}
