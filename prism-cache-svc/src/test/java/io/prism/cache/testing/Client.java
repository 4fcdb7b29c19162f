package io.prism.cache.testing;

import com.google.protobuf.ByteString;
import com.google.protobuf.util.Durations;
import io.grpc.ManagedChannel;
import io.prism.cache.v1.CacheServiceGrpc;
import io.prism.cache.v1.CacheServiceGrpc.CacheServiceBlockingStub;
import io.prism.cache.v1.CacheServiceGrpc.CacheServiceFutureStub;
import io.prism.cache.v1.DeleteRequest;
import io.prism.cache.v1.ExistsRequest;
import io.prism.cache.v1.GetMultiRequest;
import io.prism.cache.v1.GetMultiResponse;
import io.prism.cache.v1.GetRequest;
import io.prism.cache.v1.GetResponse;
import io.prism.cache.v1.IncrementRequest;
import io.prism.cache.v1.SetExRequest;
import io.prism.cache.v1.SetExResponse;
import io.prism.cache.v1.SetRequest;
import io.prism.config.v1.CacheConfig;
import io.prism.config.v1.ClientConfig;
import io.prism.starter.testing.PrismTestServer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A client of the Cache service with a session of its own. */
public final class Client {

  private final String namespace;
  private final ManagedChannel channel;

  Client(PrismTestServer server, String namespace, CacheConfig config) {
    this.namespace = namespace;
    channel =
        server.channel(
            server
                .tokens()
                .session()
                .namespace(namespace)
                .permissions("cache:write")
                .config(ClientConfig.newBuilder().setCache(config).build())
                .token());
  }

  public String namespace() {
    return namespace;
  }

  public CacheServiceBlockingStub stub() {
    return CacheServiceGrpc.newBlockingStub(channel).withDeadlineAfter(20, TimeUnit.SECONDS);
  }

  public CacheServiceFutureStub futures() {
    return CacheServiceGrpc.newFutureStub(channel).withDeadlineAfter(20, TimeUnit.SECONDS);
  }

  public GetResponse response(String key) {
    return stub().get(GetRequest.newBuilder().setKey(key).build());
  }

  /** The value as text; null when there is none. */
  public @Nullable String get(String key) {
    GetResponse response = response(key);
    return response.getFound() ? response.getValue().toStringUtf8() : null;
  }

  public boolean set(String key, String value) {
    return set(key, ByteString.copyFromUtf8(value));
  }

  public boolean set(String key, ByteString value) {
    return stub().set(SetRequest.newBuilder().setKey(key).setValue(value).build()).getStored();
  }

  public boolean set(SetRequest.Builder request) {
    return stub().set(request.build()).getStored();
  }

  public SetExResponse setEx(String key, String value, Duration ttl) {
    return stub()
        .setEx(
            SetExRequest.newBuilder()
                .setKey(key)
                .setValue(ByteString.copyFromUtf8(value))
                .setTtl(Durations.fromNanos(ttl.toNanos()))
                .build());
  }

  public boolean delete(String key) {
    return stub().delete(DeleteRequest.newBuilder().setKey(key).build()).getDeleted();
  }

  public boolean exists(String key) {
    return stub().exists(ExistsRequest.newBuilder().setKey(key).build()).getExists();
  }

  public long increment(String key) {
    return increment(IncrementRequest.newBuilder().setKey(key));
  }

  public long increment(IncrementRequest.Builder request) {
    return stub().increment(request.build()).getValue();
  }

  public GetMultiResponse getMulti(List<String> keys) {
    return stub().getMulti(GetMultiRequest.newBuilder().addAllKeys(keys).build());
  }

  public GetMultiResponse getMulti(String... keys) {
    return getMulti(List.of(keys));
  }
}
