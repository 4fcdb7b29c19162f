package io.prism.local.services;

import java.util.Map;

/**
 * Where the stores answer, as the usual Spring Boot properties that a service reads.
 *
 * @param properties empty for a store that the user brings and configures
 * @param redis whether there is one at all, local mode's or the user's
 */
public record Stores(Map<String, Object> properties, boolean redis) {}
