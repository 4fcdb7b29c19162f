package io.prism.starter.call;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Context;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.stub.MetadataUtils;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.tracing.Tracer;
import io.micrometer.tracing.otel.bridge.OtelCurrentTraceContext;
import io.micrometer.tracing.otel.bridge.OtelPropagator;
import io.micrometer.tracing.otel.bridge.OtelTracer;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.propagation.ContextPropagators;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import io.prism.queue.v1.Message;
import io.prism.queue.v1.PublishRequest;
import io.prism.queue.v1.QueueServiceGrpc;
import io.prism.queue.v1.SubscribeRequest;
import io.prism.starter.error.CallReason;
import io.prism.starter.error.PrismException;
import io.prism.starter.testing.Await;
import io.prism.starter.testing.Failures;
import io.prism.starter.testing.PrismTestServer;
import io.prism.starter.testing.Received;
import io.prism.starter.testing.TestQueue;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class CallObservationTest {

  private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
  private static final String PARENT = "b7ad6b7169203331";

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final List<SpanData> spans = new CopyOnWriteArrayList<>();
  private final SdkTracerProvider provider =
      SdkTracerProvider.builder()
          .setSampler(Sampler.parentBased(Sampler.alwaysOff()))
          .addSpanProcessor(SimpleSpanProcessor.create(new Kept()))
          .build();
  private final io.opentelemetry.api.trace.Tracer spanMaker = provider.get("test");
  private final Tracer tracer =
      new OtelTracer(spanMaker, new OtelCurrentTraceContext(), event -> {});
  private final AtomicReference<@Nullable String> seen = new AtomicReference<>();
  private final TestQueue queue =
      new TestQueue()
          .onPublish(
              (request, response) -> {
                io.micrometer.tracing.Span span = tracer.currentSpan();
                seen.set(span == null ? "none" : span.context().traceId());
                if (request.getTopic().equals("refused")) {
                  throw PrismException.of(CallReason.RATE_LIMITED, "too many");
                }
                response.onNext(
                    io.prism.queue.v1.PublishResponse.newBuilder().setMessageId("1").build());
                response.onCompleted();
              });
  private final PrismTestServer server =
      PrismTestServer.of(queue)
          .blocking(true)
          .observation(
              new CallObservation(
                  meters,
                  tracer,
                  new OtelPropagator(
                      ContextPropagators.create(W3CTraceContextPropagator.getInstance()),
                      spanMaker)))
          .start();
  private final ManagedChannel channel = server.channel("test", "queue:write");

  @AfterEach
  void stop() {
    server.close();
    provider.close();
  }

  private QueueServiceGrpc.QueueServiceBlockingStub traced(String flags) {
    Metadata headers = new Metadata();
    headers.put(
        Metadata.Key.of("traceparent", Metadata.ASCII_STRING_MARSHALLER),
        "00-" + TRACE + "-" + PARENT + "-" + flags);
    return QueueServiceGrpc.newBlockingStub(channel)
        .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers));
  }

  private static PublishRequest to(String topic) {
    return PublishRequest.newBuilder().setTopic(topic).build();
  }

  private long timed(String method, Status.Code code) {
    Timer timer =
        meters
            .find("grpc.server")
            .tags("rpc.service", "prism.queue.v1.QueueService", "rpc.method", method)
            .tag("grpc.status_code", code.name())
            .timer();
    return timer == null ? 0 : timer.count();
  }

  private double failed(String code, String reason) {
    Counter counter =
        meters
            .find("prism.calls.failed")
            .tags("rpc.service", "prism.queue.v1.QueueService", "reason", reason)
            .tag("grpc.status_code", code)
            .counter();
    return counter == null ? 0 : counter.count();
  }

  @Test
  void eachCallIsTimedOnceUnderTheStatusThatItsClientSees() {
    var _ = QueueServiceGrpc.newBlockingStub(channel).publish(to("orders"));
    var _ = QueueServiceGrpc.newBlockingStub(channel).publish(to("orders"));
    Failures.failureOf(() -> QueueServiceGrpc.newBlockingStub(channel).publish(to("refused")));
    Await.until("two that succeeded", () -> timed("Publish", Status.Code.OK) == 2);
    Await.until("one refused", () -> timed("Publish", Status.Code.RESOURCE_EXHAUSTED) == 1);
    assertThat(meters.find("grpc.server").timers()).hasSize(2);
  }

  @Test
  void aFailedCallIsCountedOnceUnderTheReasonThatItsClientIsTold() {
    var _ = QueueServiceGrpc.newBlockingStub(channel).publish(to("orders"));
    Failures.failureOf(() -> QueueServiceGrpc.newBlockingStub(channel).publish(to("refused")));
    Await.until("one refused", () -> failed("RESOURCE_EXHAUSTED", "RATE_LIMITED") == 1);
    assertThat(meters.find("prism.calls.failed").counters()).hasSize(1);
  }

  @Test
  void aStreamThatItsClientLeavesCountsAsCancelled() {
    Context.CancellableContext client = Context.current().withCancellation();
    client.run(
        () ->
            QueueServiceGrpc.newStub(channel)
                .subscribe(SubscribeRequest.getDefaultInstance(), new Received<Message>()));
    Await.until("the stream", () -> server.liveStreams().size() == 1);
    client.cancel(null);
    Await.until("the timer", () -> timed("Subscribe", Status.Code.CANCELLED) == 1);
    assertThat(meters.find("grpc.server").timers()).hasSize(1);
    assertThat(meters.find("prism.calls.failed").counters()).isEmpty();
  }

  @Test
  void aSampledCallIsASpanOfItsClientsTraceAlsoOnTheThreadOfItsHandler() {
    var _ = traced("01").publish(to("orders"));
    assertThat(seen.get()).isEqualTo(TRACE);
    Await.until("the span", () -> spans.size() == 1);
    SpanData span = spans.getFirst();
    assertThat(span.getTraceId()).isEqualTo(TRACE);
    assertThat(span.getParentSpanId()).isEqualTo(PARENT);
    assertThat(span.getName()).isEqualTo("prism.queue.v1.QueueService/Publish");
    assertThat(span.getAttributes().get(AttributeKey.stringKey("rpc.method"))).isEqualTo("Publish");
    assertThat(span.getAttributes().get(AttributeKey.longKey("rpc.grpc.status_code"))).isZero();
  }

  @Test
  void theSpanOfAFailedCallSaysSo() {
    Failures.failureOf(() -> traced("01").publish(to("refused")));
    Await.until("the span", () -> spans.size() == 1);
    assertThat(spans.getFirst().getAttributes().get(AttributeKey.stringKey("error")))
        .isEqualTo("RESOURCE_EXHAUSTED");
  }

  @Test
  void aCallThatIsNotSampledLeavesNoSpan() {
    var _ = traced("00").publish(to("orders"));
    assertThat(seen.get()).isEqualTo("none");
    Await.until("the timer", () -> timed("Publish", Status.Code.OK) == 1);
    assertThat(spans).isEmpty();
  }

  private final class Kept implements SpanExporter {

    @Override
    public CompletableResultCode export(Collection<SpanData> exported) {
      spans.addAll(exported);
      return CompletableResultCode.ofSuccess();
    }

    @Override
    public CompletableResultCode flush() {
      return CompletableResultCode.ofSuccess();
    }

    @Override
    public CompletableResultCode shutdown() {
      return CompletableResultCode.ofSuccess();
    }
  }
}
