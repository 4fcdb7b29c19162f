package io.prism.cache.grpc;

import io.grpc.BindableService;
import io.grpc.ServerServiceDefinition;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.prism.cache.domain.AnswerRoom;
import io.prism.cache.domain.Cache;
import io.prism.cache.domain.CacheDefaults;
import io.prism.cache.domain.CacheKey;
import io.prism.cache.domain.CacheRules;
import io.prism.cache.domain.Caches;
import io.prism.cache.domain.Condition;
import io.prism.cache.v1.CacheServiceGrpc;
import io.prism.cache.v1.DeleteRequest;
import io.prism.cache.v1.DeleteResponse;
import io.prism.cache.v1.ExistsRequest;
import io.prism.cache.v1.ExistsResponse;
import io.prism.cache.v1.GetMultiRequest;
import io.prism.cache.v1.GetMultiResponse;
import io.prism.cache.v1.GetRequest;
import io.prism.cache.v1.GetResponse;
import io.prism.cache.v1.IncrementRequest;
import io.prism.cache.v1.IncrementResponse;
import io.prism.cache.v1.SetExRequest;
import io.prism.cache.v1.SetExResponse;
import io.prism.cache.v1.SetRequest;
import io.prism.cache.v1.SetResponse;
import io.prism.starter.call.Answers;
import io.prism.starter.call.Payloads;
import io.prism.starter.error.PrismException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** The rpcs of the Cache service. They run on event loops: nothing here blocks. */
@Component
final class CacheGrpcService implements BindableService, CacheServiceGrpc.AsyncService {

  private final Caches caches;
  private final CacheRules rules;
  private final CacheDefaults defaults;
  private final AnswerRoom answers;
  private final Clock clock = Clock.systemUTC();

  CacheGrpcService(Caches caches, CacheRules rules, CacheDefaults defaults, AnswerRoom answers) {
    this.answers = answers;
    this.caches = caches;
    this.rules = rules;
    this.defaults = defaults;
  }

  @Override
  public ServerServiceDefinition bindService() {
    return CacheServiceGrpc.bindService(this);
  }

  @Override
  public void get(GetRequest request, StreamObserver<GetResponse> response) {
    SessionSettings session = SessionSettings.current(defaults);
    CacheKey key = key(session, request.getKey());
    Answers.send(
        cache(session).get(key, session.cache()).thenApply(CacheProtos::response), response);
  }

  @Override
  public void set(SetRequest request, StreamObserver<SetResponse> response) {
    SessionSettings session = SessionSettings.current(defaults);
    CacheKey key = key(session, request.getKey());
    rules.value(request.getValue().size());
    Condition condition =
        CacheProtos.condition(request.getOnlyIfNotExists(), request.getOnlyIfExists());
    Duration ttl = ttl(session, request.getNoExpiration());
    Answers.send(
        cache(session)
            .set(key, Payloads.of(request.getValue()), ttl, condition, session.cache())
            .thenApply(stored -> SetResponse.newBuilder().setStored(stored).build()),
        response);
  }

  private static @Nullable Duration ttl(SessionSettings session, boolean noExpiration) {
    if (!noExpiration) {
      return session.cache().ttl();
    }
    if (!session.cache().allowNoExpiration()) {
      throw PrismException.invalid(
          "no_expiration",
          "true (expected: false, as the session's cache.allow_no_expiration is not set)");
    }
    return null;
  }

  @Override
  public void setEx(SetExRequest request, StreamObserver<SetExResponse> response) {
    SessionSettings session = SessionSettings.current(defaults);
    CacheKey key = key(session, request.getKey());
    rules.value(request.getValue().size());
    Condition condition =
        CacheProtos.condition(request.getOnlyIfNotExists(), request.getOnlyIfExists());
    // Absent, it is zero, which is refused.
    Duration ttl = rules.ttl("ttl", CacheProtos.duration("ttl", request.getTtl()));
    Instant expiresAt = clock.instant().plus(ttl);
    Answers.send(
        cache(session)
            .set(key, Payloads.of(request.getValue()), ttl, condition, session.cache())
            .thenApply(
                stored ->
                    stored
                        ? SetExResponse.newBuilder()
                            .setStored(true)
                            .setExpiresAt(CacheProtos.timestamp(expiresAt))
                            .build()
                        : SetExResponse.getDefaultInstance()),
        response);
  }

  @Override
  public void delete(DeleteRequest request, StreamObserver<DeleteResponse> response) {
    SessionSettings session = SessionSettings.current(defaults);
    CacheKey key = key(session, request.getKey());
    Answers.send(
        cache(session)
            .delete(key, session.cache())
            .thenApply(deleted -> DeleteResponse.newBuilder().setDeleted(deleted).build()),
        response);
  }

  @Override
  public void exists(ExistsRequest request, StreamObserver<ExistsResponse> response) {
    SessionSettings session = SessionSettings.current(defaults);
    CacheKey key = key(session, request.getKey());
    Answers.send(
        cache(session)
            .exists(key, session.cache())
            .thenApply(exists -> ExistsResponse.newBuilder().setExists(exists).build()),
        response);
  }

  @Override
  public void getMulti(GetMultiRequest request, StreamObserver<GetMultiResponse> response) {
    SessionSettings session = SessionSettings.current(defaults);
    rules.count("keys", request.getKeysCount());
    List<String> names = request.getKeysList();
    List<CacheKey> keys = new ArrayList<>(names.size());
    for (int i = 0; i < names.size(); i++) {
      keys.add(session.key(rules.key("keys", i, names.get(i))));
    }
    AnswerRoom.Share room = answers.open();
    CompletableFuture<GetMultiResponse> answer;
    try {
      answer =
          cache(session)
              .getAll(keys, session.cache(), room)
              .thenApply(
                  found -> {
                    GetMultiResponse message = CacheProtos.response(names, found);
                    room.shrinkTo(message.getSerializedSize());
                    return message;
                  });
    } catch (RuntimeException e) {
      room.close();
      throw e;
    }
    closeWhenSent(room, answer, response);
    Answers.send(answer, response);
  }

  /** An answer takes its room until the client has it, or does not want it any more. */
  private static void closeWhenSent(
      AnswerRoom.Share room,
      CompletableFuture<GetMultiResponse> answer,
      StreamObserver<GetMultiResponse> response) {
    ServerCallStreamObserver<GetMultiResponse> call =
        (ServerCallStreamObserver<GetMultiResponse>) response;
    CompletableFuture<Void> over = new CompletableFuture<>();
    call.setOnCloseHandler(() -> over.complete(null));
    call.setOnCancelHandler(() -> over.complete(null));
    var _ =
        over.thenCombine(answer.handle((message, failure) -> room), (done, held) -> held)
            .thenAccept(AnswerRoom.Share::close);
  }

  @Override
  public void increment(IncrementRequest request, StreamObserver<IncrementResponse> response) {
    SessionSettings session = SessionSettings.current(defaults);
    CacheKey key = key(session, request.getKey());
    Duration ttl =
        request.hasTtl()
            ? rules.ttl("ttl", CacheProtos.duration("ttl", request.getTtl()))
            : session.cache().ttl();
    long delta = request.hasDelta() ? request.getDelta() : 1;
    Answers.send(
        cache(session)
            .increment(key, delta, request.getInitialValue(), ttl, session.cache())
            .thenApply(sum -> IncrementResponse.newBuilder().setValue(sum).build()),
        response);
  }

  private CacheKey key(SessionSettings session, String name) {
    return session.key(rules.key("key", name));
  }

  private Cache cache(SessionSettings session) {
    return caches.of(session.cache().strategy());
  }
}
