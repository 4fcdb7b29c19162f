package io.prism.transact.grpc;

import com.google.protobuf.Value;
import io.grpc.BindableService;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.stub.StreamObserver;
import io.prism.starter.auth.Session;
import io.prism.starter.error.PrismException;
import io.prism.transact.domain.Idempotency;
import io.prism.transact.domain.Mailboxes;
import io.prism.transact.domain.MessageId;
import io.prism.transact.domain.WriteCommand;
import io.prism.transact.domain.WriteRules;
import io.prism.transact.domain.Writer;
import io.prism.transact.v1.MailboxMessage;
import io.prism.transact.v1.ProcessMailboxRequest;
import io.prism.transact.v1.ProcessMailboxResponse;
import io.prism.transact.v1.ReadMailboxRequest;
import io.prism.transact.v1.TransactRequest;
import io.prism.transact.v1.TransactResponse;
import io.prism.transact.v1.TransactServiceGrpc;
import io.prism.transact.v1.WriteRequest;
import io.prism.transact.v1.WriteResponse;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.springframework.stereotype.Component;

/** The rpcs of the Transact service. They run on virtual threads, and block. */
@Component
final class TransactGrpcService implements BindableService, TransactServiceGrpc.AsyncService {

  private final Writer<Value> writer;
  private final TransactionCalls transactions;
  private final Mailboxes mailboxes;
  private final WriteRules rules;

  TransactGrpcService(
      Writer<Value> writer, TransactionCalls transactions, Mailboxes mailboxes, WriteRules rules) {
    this.writer = writer;
    this.transactions = transactions;
    this.mailboxes = mailboxes;
    this.rules = rules;
  }

  @Override
  public ServerServiceDefinition bindService() {
    return ServerInterceptors.intercept(
        TransactServiceGrpc.bindService(this), new CallToken.Interceptor());
  }

  @Override
  public void write(WriteRequest request, StreamObserver<WriteResponse> response) {
    WriteCommand<Value> command = TransactProtos.command(Session.current().namespace(), request);
    rules.check("", command);
    Idempotency idempotency = TransactProtos.idempotency(request);
    response.onNext(
        TransactProtos.response(
            writer.write(
                command,
                TransactProtos.settings("options.", request.getOptions(), rules),
                idempotency),
            true));
    response.onCompleted();
  }

  @Override
  public StreamObserver<TransactRequest> transaction(StreamObserver<TransactResponse> response) {
    return transactions.start(Session.current(), response);
  }

  @Override
  public void readMailbox(ReadMailboxRequest request, StreamObserver<MailboxMessage> response) {
    WriteRules.checkMailboxId("mailbox_id", request.getMailboxId());
    if (request.getLimit() < 0) {
      throw PrismException.invalid("limit", request.getLimit() + " (expected: 0 or more)");
    }
    ReadMailboxCall.start(mailboxes, Session.current().namespace(), request, response);
  }

  @Override
  public void processMailbox(
      ProcessMailboxRequest request, StreamObserver<ProcessMailboxResponse> response) {
    rules.checkCount("message_ids", request.getMessageIdsCount());
    Map<String, MessageId> ids = LinkedHashMap.newLinkedHashMap(request.getMessageIdsCount());
    for (String text : request.getMessageIdsList()) {
      MessageId.parse(text).ifPresent(id -> ids.put(text, id));
    }
    Set<MessageId> found =
        ids.isEmpty() ? Set.of() : mailboxes.process(Session.current().namespace(), ids.values());
    ProcessMailboxResponse.Builder processed =
        ProcessMailboxResponse.newBuilder().setProcessedCount(found.size());
    for (String text : request.getMessageIdsList()) {
      MessageId id = ids.get(text);
      if (id == null || !found.contains(id)) {
        processed.addFailedIds(text);
      }
    }
    response.onNext(processed.build());
    response.onCompleted();
  }
}
