package io.prism.reader.grpc;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.prism.config.v1.CacheConfig;
import io.prism.reader.domain.Collections;
import io.prism.reader.domain.CopyTimes;
import io.prism.reader.domain.RowCopies;
import io.prism.reader.v1.GetRequest;
import io.prism.starter.auth.Session;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Gets rows as the session's configuration wants them: from the store, or from copies. */
public final class RowGets {

  private final Collections<?, byte[]> collections;
  private final @Nullable RowCopies<byte[]> copies;
  private final Duration ttl;
  private final Counter withoutRedis;
  private final Counter projected;

  /**
   * @param copies null when this deployment has none
   * @param ttl of copies, when the session's configuration names none
   */
  public RowGets(
      Collections<?, byte[]> collections,
      @Nullable RowCopies<byte[]> copies,
      Duration ttl,
      MeterRegistry meters) {
    this.collections = collections;
    this.copies = copies;
    this.ttl = ttl;
    withoutRedis = meters.counter("prism.reader.gets.uncached", "why", "no_redis");
    projected = meters.counter("prism.reader.gets.uncached", "why", "fields");
  }

  Optional<byte[]> get(Session session, GetRequest request) {
    CacheConfig cache = session.config().getCache();
    if (cache.getEnabled()) {
      if (copies == null) {
        withoutRedis.increment();
      } else if (request.getFieldsCount() > 0) {
        projected.increment();
      } else {
        return copies.get(
            session.namespace(), request.getCollection(), request.getId(), times(cache));
      }
    }
    return collections.get(
        session.namespace(), request.getCollection(), request.getId(), request.getFieldsList());
  }

  private CopyTimes times(CacheConfig cache) {
    return new CopyTimes(
        cache.getTtlSeconds() > 0 ? Duration.ofSeconds(cache.getTtlSeconds()) : ttl,
        seconds(cache.getNegativeTtlSeconds()),
        seconds(cache.getStaleWhileRevalidateSeconds()));
  }

  private static Duration seconds(int seconds) {
    return seconds > 0 ? Duration.ofSeconds(seconds) : Duration.ZERO;
  }
}
