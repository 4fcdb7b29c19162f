package io.prism.starter.call;

import static io.prism.starter.testing.Failures.detail;
import static io.prism.starter.testing.Failures.failureOf;
import static io.prism.starter.testing.Failures.infoOf;
import static io.prism.starter.testing.Failures.reasonOf;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.google.protobuf.util.Durations;
import com.google.rpc.BadRequest;
import com.google.rpc.RequestInfo;
import com.google.rpc.ResourceInfo;
import com.google.rpc.RetryInfo;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.Marshaller;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import io.prism.queue.v1.Message;
import io.prism.queue.v1.PublishRequest;
import io.prism.queue.v1.QueueServiceGrpc;
import io.prism.queue.v1.SubscribeRequest;
import io.prism.starter.error.CallReason;
import io.prism.starter.error.ErrorMapper;
import io.prism.starter.error.PrismException;
import io.prism.starter.error.Reason;
import io.prism.starter.testing.Await;
import io.prism.starter.testing.PrismTestServer;
import io.prism.starter.testing.Received;
import io.prism.starter.testing.TestQueue;
import io.prism.transact.v1.BeginTransaction;
import io.prism.transact.v1.TransactRequest;
import io.prism.transact.v1.TransactResponse;
import io.prism.transact.v1.TransactServiceGrpc;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Contract, section 0: errors are statuses with details, and tell nothing they should not. */
@ParameterizedClass
@ValueSource(booleans = {false, true})
final class ErrorMappingTest {

  private enum QueueReason implements Reason {
    TOPIC_NOT_FOUND(Status.Code.NOT_FOUND);

    private final Status.Code code;

    QueueReason(Status.Code code) {
      this.code = code;
    }

    @Override
    public Status.Code code() {
      return code;
    }
  }

  /** Where a handler may fail. */
  enum Place {
    FROM_THE_METHOD,
    TO_ON_ERROR,
    LATER_TO_ON_ERROR
  }

  private static final Marshaller<byte[]> BYTES =
      new Marshaller<>() {
        @Override
        public InputStream stream(byte[] value) {
          return new ByteArrayInputStream(value);
        }

        @Override
        public byte[] parse(InputStream stream) {
          return new byte[0];
        }
      };

  private static final String SECRET = "select password from users at db-host-17";

  private final TestQueue queue = new TestQueue();
  private final FailingTransactions transactions = new FailingTransactions();
  private final PrismTestServer server;
  private final ManagedChannel channel;
  private final ListAppender<ILoggingEvent> log = new ListAppender<>();
  private final Logger logger = (Logger) org.slf4j.LoggerFactory.getLogger(ErrorMapper.class);

  ErrorMappingTest(boolean blocking) {
    server = PrismTestServer.of(queue, transactions).blocking(blocking).start();
    Metadata headers = new Metadata();
    headers.put(io.prism.starter.auth.SessionInterceptor.TOKEN, server.tokens().session().token());
    headers.put(RequestId.METADATA, "request-1");
    channel = server.channel(headers);
  }

  @BeforeEach
  void record() {
    log.start();
    logger.setLevel(Level.DEBUG);
    logger.setAdditive(false);
    logger.addAppender(log);
  }

  @AfterEach
  void stop() {
    server.close();
    logger.detachAppender(log);
    logger.setAdditive(true);
    logger.setLevel(null);
  }

  @ParameterizedTest
  @EnumSource
  void aPrismExceptionReachesTheClientWithAllItsDetails(Place place) {
    PrismException failure =
        PrismException.because(QueueReason.TOPIC_NOT_FOUND, "no topic orders")
            .with("topic", "orders")
            .violation("topic", "unknown")
            .retryAfter(Duration.ofMillis(1500))
            .resource("topic", "orders")
            .cause(new SQLException(SECRET))
            .build();
    StatusRuntimeException seen = publishFailingWith(failure, place);
    assertThat(seen.getStatus().getCode()).isEqualTo(Status.Code.NOT_FOUND);
    assertThat(seen.getStatus().getDescription()).isEqualTo("no topic orders");
    assertThat(infoOf(seen).getReason()).isEqualTo("TOPIC_NOT_FOUND");
    assertThat(infoOf(seen).getDomain()).isEqualTo("prism.queue.v1");
    assertThat(infoOf(seen).getMetadataMap()).containsEntry("topic", "orders");
    assertThat(detail(seen, BadRequest.class).orElseThrow().getFieldViolations(0).getField())
        .isEqualTo("topic");
    assertThat(Durations.toMillis(detail(seen, RetryInfo.class).orElseThrow().getRetryDelay()))
        .isEqualTo(1500);
    assertThat(detail(seen, ResourceInfo.class).orElseThrow().getResourceName())
        .isEqualTo("orders");
    assertThat(detail(seen, RequestInfo.class).orElseThrow().getRequestId()).isEqualTo("request-1");
    assertNothingLeaks(seen);
  }

  @ParameterizedTest
  @EnumSource
  void anythingElseIsInternalWithTheRequestIdAndIsLoggedOnceWithIt(Place place) {
    assertMasked(publishFailingWith(new IllegalStateException(SECRET), place));
    assertLoggedOnce("request-1");
  }

  @ParameterizedTest
  @EnumSource
  void anErrorIsAnsweredLikeAnException(Place place) {
    assertMasked(publishFailingWith(new StackOverflowError(SECRET), place));
    assertLoggedOnce("request-1");
  }

  @ParameterizedTest
  @ValueSource(strings = {"INTERNAL", "UNKNOWN"})
  void aStatusThatSaysInternalOrUnknownIsMaskedToo(Status.Code code) {
    assertMasked(
        publishFailingWith(
            code.toStatus().withDescription(SECRET).asRuntimeException(), Place.TO_ON_ERROR));
    assertLoggedOnce("request-1");
  }

  @ParameterizedTest
  @ValueSource(strings = {"UNAVAILABLE", "DEADLINE_EXCEEDED"})
  void aFailedCallOfOursToSomebodyElseNamesNoHost(Status.Code code) {
    StatusRuntimeException seen =
        publishFailingWith(
            code.toStatus().withDescription(SECRET).asRuntimeException(), Place.TO_ON_ERROR);
    assertThat(seen.getStatus().getCode()).isEqualTo(code);
    assertThat(reasonOf(seen)).isEqualTo(code.name());
    assertNothingLeaks(seen);
  }

  @ParameterizedTest
  @EnumSource
  void aPrismExceptionIsFoundThroughTheWrappersOfFutures(Place place) {
    StatusRuntimeException seen =
        publishFailingWith(
            new CompletionException(
                new CompletionException(PrismException.invalid("topic", "bad"))),
            place);
    assertThat(reasonOf(seen)).isEqualTo("INVALID_ARGUMENT");
    assertThat(detail(seen, BadRequest.class).orElseThrow().getFieldViolations(0).getField())
        .isEqualTo("topic");
  }

  @Test
  void anOutageHasALineForEachCallButNotAStackTraceForEach() {
    PrismException outage =
        PrismException.because(CallReason.BACKEND_UNAVAILABLE, "the store is out of reach")
            .cause(new IllegalStateException("refused"))
            .build();
    for (int i = 0; i < 5; i++) {
      publishFailingWith(outage, Place.TO_ON_ERROR);
    }
    List<ILoggingEvent> lines =
        Await.value(
            "five lines",
            Duration.ofSeconds(5),
            () -> log.list.stream().filter(event -> event.getLevel() == Level.WARN).toList(),
            found -> found.size() == 5);
    assertThat(lines)
        .allMatch(line -> line.getFormattedMessage().contains("request-1"))
        .allMatch(line -> line.getFormattedMessage().contains("refused"));
    assertThat(lines.stream().filter(line -> line.getThrowableProxy() != null))
        .hasSizeLessThanOrEqualTo(1);
  }

  @ParameterizedTest
  @EnumSource
  void faultsOfClientsAreLoggedAtMostAtDebug(Place place) {
    publishFailingWith(PrismException.invalid("topic", "bad"), place);
    assertThat(log.list).isNotEmpty().allMatch(event -> event.getLevel() == Level.DEBUG);
    assertThat(log.list).allMatch(event -> event.getThrowableProxy() == null);
  }

  @ParameterizedTest
  @ValueSource(strings = {"onNext", "onCompleted"})
  void anExceptionInAnEventOfARequestStreamEndsTheCall(String event) {
    transactions.failing = event;
    Received<TransactResponse> answers = new Received<>();
    StreamObserver<TransactRequest> requests =
        TransactServiceGrpc.newStub(channel).transaction(answers);
    requests.onNext(
        TransactRequest.newBuilder().setBegin(BeginTransaction.getDefaultInstance()).build());
    requests.onCompleted();
    assertMasked((StatusRuntimeException) answers.awaitFailure());
    assertLoggedOnce("request-1");
    Await.until("the stream to be forgotten", () -> server.liveStreams().size() == 0);
  }

  @ParameterizedTest
  @ValueSource(strings = {"onReady", "onEnd"})
  void anExceptionInAnEventOfAResponseStreamIsLoggedWithTheRequestId(String event) {
    queue.onSubscribe(
        (request, response) -> {
          OutboundStream<Message> stream = OutboundStream.of(response);
          stream.listen(
              new OutboundStream.Events() {
                @Override
                public void onReady() {
                  if (event.equals("onReady")) {
                    throw new IllegalStateException(SECRET);
                  }
                }

                @Override
                public void onEnd() {
                  if (event.equals("onEnd")) {
                    throw new IllegalStateException(SECRET);
                  }
                }
              });
          if (event.equals("onEnd")) {
            stream.complete();
          }
        });
    Received<Message> messages = new Received<>();
    QueueServiceGrpc.newStub(channel).subscribe(SubscribeRequest.getDefaultInstance(), messages);
    Await.until("the end", messages::isOver);
    assertLoggedOnce("request-1");
  }

  @Test
  void aHandlerThatFailsAfterItHasBegunIsToldThatItsCallIsOver() {
    CompletableFuture<Void> ended = new CompletableFuture<>();
    queue.onSubscribe(
        (request, response) -> {
          OutboundStream.of(response)
              .listen(
                  new OutboundStream.Events() {
                    @Override
                    public void onReady() {}

                    @Override
                    public void onEnd() {
                      ended.complete(null);
                    }
                  });
          throw new IllegalStateException(SECRET);
        });
    Received<Message> messages = new Received<>();
    QueueServiceGrpc.newStub(channel).subscribe(SubscribeRequest.getDefaultInstance(), messages);
    assertMasked((StatusRuntimeException) messages.awaitFailure());
    Await.until("the handler to be told", ended::isDone);
    Await.until("the stream to be forgotten", () -> server.liveStreams().size() == 0);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 2})
  void notOneRequestWhereOneIsExpectedIsTheClientsFault(int requests) {
    for (var method :
        List.of(QueueServiceGrpc.getPublishMethod(), QueueServiceGrpc.getSubscribeMethod())) {
      StatusRuntimeException seen = calling(method.toBuilder(BYTES, BYTES).build(), requests);
      assertThat(seen.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
      assertThat(seen.getStatus().getDescription()).endsWith("expected one");
      assertThat(reasonOf(seen)).isEqualTo("INVALID_ARGUMENT");
    }
    assertThat(log.list).isNotEmpty().allMatch(event -> event.getLevel() == Level.DEBUG);
  }

  @Test
  void anRpcThatIsNotImplementedSaysSo() {
    StatusRuntimeException seen =
        failureOf(
            () ->
                QueueServiceGrpc.newBlockingStub(channel)
                    .seek(io.prism.queue.v1.SeekRequest.getDefaultInstance()));
    assertThat(seen.getStatus().getCode()).isEqualTo(Status.Code.UNIMPLEMENTED);
    assertThat(reasonOf(seen)).isEqualTo("UNIMPLEMENTED");
  }

  /** As no stub would do it. */
  private StatusRuntimeException calling(MethodDescriptor<byte[], byte[]> method, int requests) {
    CompletableFuture<StatusRuntimeException> ended = new CompletableFuture<>();
    ClientCall<byte[], byte[]> call =
        channel.newCall(
            method.toBuilder().setType(MethodType.BIDI_STREAMING).build(), CallOptions.DEFAULT);
    call.start(
        new ClientCall.Listener<>() {
          @Override
          public void onClose(Status status, Metadata trailers) {
            ended.complete(status.asRuntimeException(trailers));
          }
        },
        new Metadata());
    call.request(2);
    for (int i = 0; i < requests; i++) {
      call.sendMessage(new byte[0]);
    }
    call.halfClose();
    return Await.value("the end of the call", () -> ended.getNow(null), Objects::nonNull);
  }

  private StatusRuntimeException publishFailingWith(Throwable failure, Place place) {
    queue.onPublish(
        (request, response) -> {
          switch (place) {
            case FROM_THE_METHOD -> ErrorMappingTest.<RuntimeException>sneak(failure);
            case TO_ON_ERROR -> response.onError(failure);
            case LATER_TO_ON_ERROR -> Thread.startVirtualThread(() -> response.onError(failure));
          }
        });
    return failureOf(
        () ->
            QueueServiceGrpc.newBlockingStub(channel).publish(PublishRequest.getDefaultInstance()));
  }

  @SuppressWarnings("unchecked")
  private static <E extends Throwable> void sneak(Throwable failure) throws E {
    throw (E) failure;
  }

  private static void assertMasked(StatusRuntimeException seen) {
    assertThat(seen.getStatus().getCode()).isEqualTo(Status.Code.INTERNAL);
    assertThat(reasonOf(seen)).isEqualTo("INTERNAL");
    assertThat(seen.getStatus().getDescription()).isEqualTo("internal error, request id request-1");
    assertNothingLeaks(seen);
  }

  private static void assertNothingLeaks(StatusRuntimeException seen) {
    assertThat(String.valueOf(seen.getStatus()) + seen.getTrailers())
        .doesNotContain("password", "db-host-17", "io.prism", "IllegalState", "SQLException");
    assertThat(io.grpc.protobuf.StatusProto.fromThrowable(seen).toString())
        .doesNotContain("password", "db-host-17", "io.prism", "IllegalState", "SQLException");
  }

  private void assertLoggedOnce(String requestId) {
    List<ILoggingEvent> errors =
        Await.value(
            "the log line",
            () -> log.list.stream().filter(e -> e.getLevel() == Level.ERROR).toList(),
            list -> !list.isEmpty());
    assertThat(errors).hasSize(1);
    assertThat(errors.getFirst().getFormattedMessage()).contains(requestId);
    assertThat(errors.getFirst().getThrowableProxy()).isNotNull();
  }

  private static final class FailingTransactions
      extends TransactServiceGrpc.TransactServiceImplBase {

    private volatile String failing = "";

    @Override
    public StreamObserver<TransactRequest> transaction(StreamObserver<TransactResponse> answers) {
      Consumer<String> fail =
          event -> {
            if (event.equals(failing)) {
              throw new IllegalStateException(SECRET);
            }
          };
      return new StreamObserver<>() {
        @Override
        public void onNext(TransactRequest request) {
          fail.accept("onNext");
        }

        @Override
        public void onError(Throwable failure) {}

        @Override
        public void onCompleted() {
          fail.accept("onCompleted");
          answers.onCompleted();
        }
      };
    }
  }
}
