package io.prism.transact.domain;

/**
 * Makes a write safe to repeat.
 *
 * @param key unique within the namespace
 * @param fingerprint tells what is written: a repeat has the same one
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared as a whole.
public record Idempotency(String key, byte[] fingerprint) {}
