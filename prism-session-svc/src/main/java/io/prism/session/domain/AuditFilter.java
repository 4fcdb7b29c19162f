package io.prism.session.domain;

import java.time.Instant;
import java.util.Optional;

/**
 * Which audit events to list; what is empty does not matter.
 *
 * @param start only events at or after it
 * @param end only events before it
 * @param visible whose namespaces are shown; events without a namespace are shown only to those who
 *     may see every one
 */
public record AuditFilter(
    Optional<String> actor,
    Optional<String> action,
    Optional<String> resource,
    Optional<String> namespace,
    Optional<AuditEntry.Outcome> outcome,
    Optional<Instant> start,
    Optional<Instant> end,
    Rights visible) {}
