package io.prism.local.demo;

import io.grpc.ClientInterceptor;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.MetadataUtils;
import io.prism.config.v1.AccessPattern;
import io.prism.config.v1.CacheConfig;
import io.prism.config.v1.ClientConfig;
import io.prism.config.v1.ConfigServiceGrpc;
import io.prism.config.v1.QueueConfig;
import io.prism.config.v1.RegisterConfigRequest;
import io.prism.config.v1.TimeSeriesConfig;
import io.prism.config.v1.VectorConfig;
import io.prism.session.v1.CloseSessionRequest;
import io.prism.session.v1.CreateSessionRequest;
import io.prism.session.v1.CreateSessionResponse;
import io.prism.session.v1.HeartbeatRequest;
import io.prism.session.v1.HeartbeatResponse;
import io.prism.session.v1.SessionServiceGrpc;
import java.util.ArrayList;
import java.util.List;

/** RFC-002 §2.4: a session by named configuration, heartbeats, and its end. */
final class SessionDemo {

  private static final String CONFIG = "demo-events";
  private static final String NAMESPACE = "default";

  private final ManagedChannel channel;
  private final Narrator narrator;
  private final String apiKey;
  private final SessionServiceGrpc.SessionServiceBlockingStub sessions;
  private final List<String> others = new ArrayList<>();

  SessionDemo(ManagedChannel channel, Narrator narrator, String apiKey) {
    this.channel = channel;
    this.narrator = narrator;
    this.apiKey = apiKey;
    this.sessions = SessionServiceGrpc.newBlockingStub(channel);
  }

  String open() {
    narrator.title("Sessions (RFC-002 §2.4)");
    registerConfig();
    CreateSessionResponse created =
        sessions.createSession(
            CreateSessionRequest.newBuilder()
                .setApiKey(apiKey)
                .setConfigName(CONFIG)
                .setClientId("prism-demo")
                .setClientVersion("1.0.0")
                .build());
    narrator.step(
        "CreateSession",
        "session %s in namespace %s, which knows of %d features"
            .formatted(
                created.getSessionId(),
                created.getConfig().getNamespace(),
                created.getSupportedFeaturesCount()));
    HeartbeatResponse beat =
        sessions.heartbeat(
            HeartbeatRequest.newBuilder().setSessionToken(created.getSessionToken()).build());
    narrator.step(
        "Heartbeat", "%s, %d s to live".formatted(beat.getStatus(), beat.getTtl().getSeconds()));
    return created.getSessionToken();
  }

  /** The one above is for the queue alone, as its configuration says. */
  String openForAllServices() {
    return open(ClientConfig.newBuilder().setNamespace(NAMESPACE));
  }

  /** How a session's values are cached is part of its configuration. */
  String openForCache(CacheConfig cache) {
    return open(
        ClientConfig.newBuilder()
            .setNamespace(NAMESPACE)
            .setPattern(AccessPattern.ACCESS_PATTERN_CACHE)
            .setCache(cache));
  }

  /** The same with a cache: for copies of what other services have. */
  String openForAllServices(CacheConfig cache) {
    return open(ClientConfig.newBuilder().setNamespace(NAMESPACE).setCache(cache));
  }

  /** How long events are kept, and what their rollups keep, is part of its configuration. */
  String openForTimeSeries(TimeSeriesConfig timeSeries) {
    return open(
        ClientConfig.newBuilder()
            .setNamespace(NAMESPACE)
            .setPattern(AccessPattern.ACCESS_PATTERN_TIMESERIES)
            .setTimeseries(timeSeries));
  }

  /** The index, and how it measures, is part of its configuration. */
  String openForVectors(VectorConfig vector) {
    return open(
        ClientConfig.newBuilder()
            .setNamespace(NAMESPACE)
            .setPattern(AccessPattern.ACCESS_PATTERN_VECTOR)
            .setVector(vector));
  }

  private String open(ClientConfig.Builder config) {
    String token =
        sessions
            .createSession(
                CreateSessionRequest.newBuilder()
                    .setApiKey(apiKey)
                    .setInlineConfig(config)
                    .setClientId("prism-demo")
                    .build())
            .getSessionToken();
    others.add(token);
    return token;
  }

  /** A named configuration is registered by an administrator, once; here the same key does both. */
  private void registerConfig() {
    CreateSessionResponse administrator =
        sessions.createSession(
            CreateSessionRequest.newBuilder()
                .setApiKey(apiKey)
                .setInlineConfig(ClientConfig.newBuilder().setNamespace(NAMESPACE))
                .setClientId("prism-demo-setup")
                .build());
    ConfigServiceGrpc.newBlockingStub(channel)
        .withInterceptors(token(administrator.getSessionToken()))
        .registerConfig(
            RegisterConfigRequest.newBuilder()
                .setOverwrite(true)
                .setConfig(
                    ClientConfig.newBuilder()
                        .setName(CONFIG)
                        .setVersion("1")
                        .setNamespace(NAMESPACE)
                        .setPattern(AccessPattern.ACCESS_PATTERN_QUEUE)
                        .setQueue(QueueConfig.newBuilder().setPartitions(3)))
                .build());
    end(administrator.getSessionToken());
    narrator.step("RegisterConfig", "configuration " + CONFIG + " for the queue, 3 partitions");
  }

  private void end(String token) {
    var _ =
        sessions.closeSession(
            CloseSessionRequest.newBuilder().setSessionToken(token).setForce(true).build());
  }

  static ClientInterceptor token(String token) {
    Metadata headers = new Metadata();
    headers.put(Metadata.Key.of("x-session-token", Metadata.ASCII_STRING_MARSHALLER), token);
    return MetadataUtils.newAttachHeadersInterceptor(headers);
  }

  void close(String token) {
    narrator.title("The end of a session");
    others.forEach(this::end);
    end(token);
    narrator.step("CloseSession", "%d sessions closed".formatted(others.size() + 1));
    try {
      sessions.heartbeat(HeartbeatRequest.newBuilder().setSessionToken(token).build());
      throw new UnexpectedOutcome("a closed session was served");
    } catch (StatusRuntimeException e) {
      if (e.getStatus().getCode() != Status.Code.UNAUTHENTICATED) {
        throw e;
      }
      narrator.step("Heartbeat", "refused: " + e.getStatus().getDescription());
    }
  }
}
