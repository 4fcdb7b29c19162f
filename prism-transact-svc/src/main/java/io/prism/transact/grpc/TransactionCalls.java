package io.prism.transact.grpc;

import com.google.protobuf.Value;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.micrometer.core.instrument.MeterRegistry;
import io.prism.starter.auth.Session;
import io.prism.starter.call.OutboundStream;
import io.prism.transact.domain.StreamedTransaction;
import io.prism.transact.domain.TransactionSlots;
import io.prism.transact.domain.Transactions;
import io.prism.transact.domain.WriteRules;
import io.prism.transact.v1.TransactRequest;
import io.prism.transact.v1.TransactResponse;
import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;

/** Starts the streams of Transaction. */
public final class TransactionCalls {

  private final Transactions<Value> transactions;
  private final TransactionSlots slots;
  private final WriteRules rules;
  private final Duration idleLimit;
  private final ScheduledExecutorService timer;
  private final MeterRegistry meters;

  /**
   * @param timer for time limits; its tasks are short
   */
  public TransactionCalls(
      Transactions<Value> transactions,
      TransactionSlots slots,
      WriteRules rules,
      Duration idleLimit,
      ScheduledExecutorService timer,
      MeterRegistry meters) {
    this.transactions = transactions;
    this.slots = slots;
    this.rules = rules;
    this.idleLimit = idleLimit;
    this.timer = timer;
    this.meters = meters;
    meters.gauge("prism.transact.transactions", slots, TransactionSlots::open);
  }

  WriteRules rules() {
    return rules;
  }

  Duration idleLimit() {
    return idleLimit;
  }

  ScheduledExecutorService timer() {
    return timer;
  }

  /** Counts how a transaction ended. */
  void ended(String outcome) {
    meters.counter("prism.transact.transactions.ended", "outcome", outcome).increment();
  }

  StreamObserver<TransactRequest> start(
      Session session, StreamObserver<TransactResponse> response) {
    ServerCallStreamObserver<TransactResponse> observer =
        (ServerCallStreamObserver<TransactResponse>) response;
    observer.disableAutoRequest();
    OutboundStream<TransactResponse> stream = OutboundStream.of(response);
    TransactionCall call =
        new TransactionCall(
            this,
            session.namespace(),
            new StreamedTransaction<>(transactions, slots, session.id()),
            stream,
            () -> observer.request(1));
    stream.listen(call);
    observer.request(1);
    return call;
  }
}
