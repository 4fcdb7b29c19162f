package io.prism.reader.testing;

import io.grpc.ManagedChannel;
import io.prism.config.v1.CacheConfig;
import io.prism.config.v1.ClientConfig;
import io.prism.reader.testing.ReaderFixture.Namespace;
import io.prism.reader.v1.GetRequest;
import io.prism.reader.v1.GetResponse;
import io.prism.reader.v1.ReaderServiceGrpc.ReaderServiceBlockingStub;
import io.prism.redis.EntryKey;
import io.prism.redis.Invalidations;
import io.prism.redis.RedisLink;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Gets of a namespace by sessions with a cache and without one, and what is in Redis of it. */
public record Cached(ReaderFixture service, Namespace namespace) {

  private static final CacheConfig CACHE =
      CacheConfig.newBuilder()
          .setEnabled(true)
          .setTtlSeconds(600)
          .setNegativeTtlSeconds(600)
          .build();

  /** A namespace of its own. */
  public static Cached in(ReaderFixture service) {
    return new Cached(service, service.namespace());
  }

  /** A client whose session has this cache. */
  public ReaderServiceBlockingStub reader(CacheConfig cache) {
    return Namespace.reader(channel(cache));
  }

  public ManagedChannel channel(CacheConfig cache) {
    return service
        .server()
        .channel(
            service
                .server()
                .tokens()
                .session()
                .namespace(namespace.name())
                .permissions("reader:read")
                .config(ClientConfig.newBuilder().setCache(cache).build())
                .token());
  }

  public ReaderServiceBlockingStub reader() {
    return reader(CACHE);
  }

  public static CacheConfig config() {
    return CACHE;
  }

  public GetResponse get(String collection, String id) {
    return get(reader(), collection, id);
  }

  public GetResponse getUncached(String collection, String id) {
    return get(namespace.reader(), collection, id);
  }

  public static GetResponse get(
      ReaderServiceBlockingStub reader, String collection, String id, String... fields) {
    return reader.get(
        GetRequest.newBuilder()
            .setCollection(collection)
            .setId(id)
            .addAllFields(List.of(fields))
            .build());
  }

  /** The text field {@code v} of a row that there is. */
  public String v(String collection, String id) {
    return get(collection, id).getRow().getFieldsOrThrow("v").getStringValue();
  }

  /** Does what a writer does after its commit. */
  public void invalidate(String collection, String id) {
    service
        .context()
        .getBean(Invalidations.class)
        .invalidate(EntryKey.copiesOfRow(namespace.name(), collection, id))
        .join();
  }

  /** The names of all keys in Redis of the namespace. */
  public List<String> keys() {
    String pattern = "{" + namespace.name() + "}:*";
    return service
        .context()
        .getBean(RedisLink.class)
        .call("test", commands -> commands.keys(pattern))
        .join()
        .stream()
        .map(key -> new String(key, StandardCharsets.UTF_8))
        .sorted()
        .toList();
  }

  /** How long a key in Redis lives on, in milliseconds. */
  public long ttl(String key) {
    return service
        .context()
        .getBean(RedisLink.class)
        .call("test", commands -> commands.pttl(key.getBytes(StandardCharsets.UTF_8)))
        .join();
  }
}
