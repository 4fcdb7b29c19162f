package io.prism.objectstore.domain;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A presigned URL to be made.
 *
 * @param lifetime how long it works
 * @param contentType that a PUT must send; empty: any
 * @param objectExpiresAt when an object that is PUT ceases to exist; null: never
 * @param maxBytes most bytes of an object that is PUT, where the store can hold a client to that
 */
public record UrlRequest(
    ObjectName name,
    UrlMethod method,
    Duration lifetime,
    String contentType,
    @Nullable Instant objectExpiresAt,
    long maxBytes) {}
