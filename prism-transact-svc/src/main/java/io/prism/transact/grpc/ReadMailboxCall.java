package io.prism.transact.grpc;

import io.grpc.stub.StreamObserver;
import io.prism.starter.call.OutboundStream;
import io.prism.transact.domain.Mailboxes;
import io.prism.transact.domain.StoredMessage;
import io.prism.transact.v1.MailboxMessage;
import io.prism.transact.v1.ReadMailboxRequest;
import java.util.Iterator;
import java.util.List;

/**
 * One ReadMailbox: reads a piece when the one before is sent, and holds no connection between,
 * however slow the client is. Its events come one at a time.
 */
final class ReadMailboxCall implements OutboundStream.Events {

  private final Mailboxes mailboxes;
  private final String namespace;
  private final ReadMailboxRequest request;
  private final OutboundStream<MailboxMessage> stream;
  private Iterator<StoredMessage> piece = List.<StoredMessage>of().iterator();
  private long since;
  private int left;
  private boolean done;

  private ReadMailboxCall(
      Mailboxes mailboxes,
      String namespace,
      ReadMailboxRequest request,
      OutboundStream<MailboxMessage> stream) {
    this.mailboxes = mailboxes;
    this.namespace = namespace;
    this.request = request;
    this.stream = stream;
    this.since = request.getSinceSequence();
    this.left = request.hasLimit() ? request.getLimit() : Integer.MAX_VALUE;
  }

  static void start(
      Mailboxes mailboxes,
      String namespace,
      ReadMailboxRequest request,
      StreamObserver<MailboxMessage> response) {
    OutboundStream<MailboxMessage> stream = OutboundStream.of(response);
    ReadMailboxCall call = new ReadMailboxCall(mailboxes, namespace, request, stream);
    stream.listen(call);
    call.onReady();
  }

  @Override
  public void onReady() {
    while (!done && stream.isReady() && !stream.isEnded()) {
      if (piece.hasNext()) {
        StoredMessage message = piece.next();
        since = message.id().sequence();
        stream.send(TransactProtos.message(message));
        continue;
      }
      List<StoredMessage> next =
          left == 0
              ? List.of()
              : mailboxes.next(
                  namespace, request.getMailboxId(), since, left, request.getUnprocessedOnly());
      if (next.isEmpty()) {
        done = true;
        stream.complete();
      } else {
        if (request.hasLimit()) {
          left -= next.size();
        }
        piece = next.iterator();
      }
    }
  }

  @Override
  public void onEnd() {
    done = true;
    piece = List.<StoredMessage>of().iterator();
  }
}
