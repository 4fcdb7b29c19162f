package io.prism.cli;

import static io.prism.cli.Output.cells;

import com.google.protobuf.ByteString;
import io.prism.transact.v1.DataWrite;
import io.prism.transact.v1.DataWrite.WriteMode;
import io.prism.transact.v1.MailboxMessage;
import io.prism.transact.v1.MailboxWrite;
import io.prism.transact.v1.ProcessMailboxRequest;
import io.prism.transact.v1.ReadMailboxRequest;
import io.prism.transact.v1.TransactServiceGrpc;
import io.prism.transact.v1.TransactionOptions;
import io.prism.transact.v1.WriteRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "transact", description = "Writes to PostgreSQL, and mailboxes.")
final class TransactCommands {

  /** What is done with the row. */
  enum Mode {
    INSERT(WriteMode.WRITE_MODE_INSERT),
    UPDATE(WriteMode.WRITE_MODE_UPDATE),
    UPSERT(WriteMode.WRITE_MODE_UPSERT),
    DELETE(WriteMode.WRITE_MODE_DELETE);

    private final WriteMode mode;

    Mode(WriteMode mode) {
      this.mode = mode;
    }
  }

  private final PrismCli prism;

  TransactCommands(PrismCli prism) {
    this.prism = prism;
  }

  @Command(description = "Writes a row, and a message with it if you like, in one transaction.")
  int write(
      @Parameters(paramLabel = "TABLE") String table,
      @Parameters(paramLabel = "FIELD=VALUE", arity = "1..*") Map<String, String> record,
      @Option(
              names = "--mode",
              paramLabel = "MODE",
              defaultValue = "insert",
              description = "${COMPLETION-CANDIDATES}; ${DEFAULT-VALUE}")
          Mode mode,
      @Option(names = "--id", paramLabel = "FIELD", description = "field that the row is found by")
          Optional<String> idField,
      @Option(names = "--mailbox", paramLabel = "NAME") Optional<String> mailbox,
      @Option(names = "--message", paramLabel = "TEXT", description = "for the mailbox")
          Optional<String> message,
      @Option(
              names = "--once",
              paramLabel = "KEY",
              description = "idempotency key: a repeat with it does nothing and answers the same")
          Optional<String> key)
      throws Exception {
    DataWrite.Builder data =
        DataWrite.newBuilder()
            .setTable(table)
            .putAllRecord(Input.values(record))
            .setMode(mode.mode);
    idField.ifPresent(data::setIdField);
    WriteRequest.Builder request = WriteRequest.newBuilder().setData(data);
    mailbox.ifPresent(
        name ->
            request.setMailbox(
                MailboxWrite.newBuilder()
                    .setMailboxId(name)
                    .setMessage(ByteString.copyFromUtf8(message.orElse("")))));
    key.ifPresent(
        once ->
            request.setOptions(
                TransactionOptions.newBuilder().setIdempotent(true).setIdempotencyKey(once)));
    return prism.say(
        channel -> TransactServiceGrpc.newBlockingStub(channel).write(request.build()),
        written ->
            "%d rows, transaction %s"
                .formatted(written.getDataResult().getRowsAffected(), written.getTransactionId()));
  }

  @Command(description = "Shows the messages of a mailbox, in their order.")
  int mailbox(
      @Parameters(paramLabel = "NAME") String name,
      @Option(names = "--since", paramLabel = "SEQUENCE", description = "only messages after it")
          Optional<Long> since,
      @Option(
              names = "--limit",
              paramLabel = "N",
              defaultValue = "100",
              description = "most messages: ${DEFAULT-VALUE}")
          int limit,
      @Option(names = "--unprocessed", description = "only those that are not processed")
          boolean unprocessed,
      @Option(names = "--process", description = "marks what it shows as processed")
          boolean process)
      throws Exception {
    ReadMailboxRequest.Builder request =
        ReadMailboxRequest.newBuilder()
            .setMailboxId(name)
            .setLimit(limit)
            .setUnprocessedOnly(unprocessed);
    since.ifPresent(request::setSinceSequence);
    return prism.run(
        channel -> {
          TransactServiceGrpc.TransactServiceBlockingStub transact =
              TransactServiceGrpc.newBlockingStub(channel);
          List<MailboxMessage> messages = new ArrayList<>();
          transact.readMailbox(request.build()).forEachRemaining(messages::add);
          prism
              .output()
              .table(
                  messages,
                  List.of("SEQUENCE", "ID", "PROCESSED", "MESSAGE"),
                  message ->
                      cells(
                          message.getSequence(),
                          message.getMessageId(),
                          message.getProcessed(),
                          Output.text(message.getMessage())));
          if (process && !messages.isEmpty()) {
            var _ =
                transact.processMailbox(
                    ProcessMailboxRequest.newBuilder()
                        .addAllMessageIds(
                            messages.stream().map(MailboxMessage::getMessageId).toList())
                        .build());
          }
          return 0;
        });
  }
}
