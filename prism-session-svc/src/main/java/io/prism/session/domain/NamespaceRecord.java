package io.prism.session.domain;

import java.time.Instant;

/** A namespace as it is stored. */
public record NamespaceRecord(
    String name,
    NamespaceStatus status,
    String description,
    Instant createdAt,
    Instant updatedAt) {}
