package io.prism.cache.grpc;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import com.google.protobuf.UnsafeByteOperations;
import io.prism.cache.domain.Condition;
import io.prism.cache.domain.Entry;
import io.prism.cache.v1.CacheEntry;
import io.prism.cache.v1.CacheOrigin;
import io.prism.cache.v1.GetMultiResponse;
import io.prism.cache.v1.GetResponse;
import io.prism.starter.error.PrismException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Between messages and the domain. Values are not copied. */
final class CacheProtos {

  private static final int MAX_NANOS = 999_999_999;

  private CacheProtos() {}

  static GetResponse response(Optional<Entry> found) {
    if (found.isEmpty()) {
      return GetResponse.getDefaultInstance();
    }
    Entry entry = found.get();
    GetResponse.Builder response =
        GetResponse.newBuilder()
            .setFound(true)
            .setValue(bytes(entry))
            .setOrigin(
                entry.fromSource()
                    ? CacheOrigin.CACHE_ORIGIN_SOURCE
                    : CacheOrigin.CACHE_ORIGIN_CACHE);
    Duration remaining = entry.remaining();
    if (remaining != null) {
      response.setTtlRemainingSeconds(seconds(remaining));
    }
    return response.build();
  }

  /** Begun seconds count: a value that is there has not zero seconds left. */
  private static long seconds(Duration remaining) {
    return remaining.plusMillis(999).toSeconds();
  }

  static GetMultiResponse response(List<String> keys, List<Optional<Entry>> found) {
    GetMultiResponse.Builder response = GetMultiResponse.newBuilder();
    int count = 0;
    for (int i = 0; i < keys.size(); i++) {
      CacheEntry.Builder entry = CacheEntry.newBuilder().setKey(keys.get(i));
      Optional<Entry> value = found.get(i);
      if (value.isPresent()) {
        entry.setFound(true).setValue(bytes(value.get()));
        count++;
      }
      response.addEntries(entry);
    }
    return response.setFoundCount(count).build();
  }

  private static ByteString bytes(Entry entry) {
    return UnsafeByteOperations.unsafeWrap(entry.value());
  }

  static Condition condition(boolean onlyIfNotExists, boolean onlyIfExists) {
    if (onlyIfNotExists && onlyIfExists) {
      throw PrismException.invalid(
          "only_if_exists", "true with only_if_not_exists (expected: one of them at most)");
    }
    return onlyIfNotExists
        ? Condition.IF_ABSENT
        : onlyIfExists ? Condition.IF_PRESENT : Condition.ALWAYS;
  }

  static Duration duration(String field, com.google.protobuf.Duration duration) {
    int nanos = duration.getNanos();
    if (nanos < -MAX_NANOS || nanos > MAX_NANOS) {
      throw PrismException.invalid(
          field, nanos + " nanos (expected: at most " + MAX_NANOS + " either way)");
    }
    try {
      return Duration.ofSeconds(duration.getSeconds(), nanos);
    } catch (ArithmeticException e) {
      throw PrismException.invalid(
          field, duration.getSeconds() + " s (expected: within the range of a duration)");
    }
  }

  static Timestamp timestamp(Instant instant) {
    return Timestamp.newBuilder()
        .setSeconds(instant.getEpochSecond())
        .setNanos(instant.getNano())
        .build();
  }
}
