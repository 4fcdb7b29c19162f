package io.prism.cli;

import static io.prism.cli.Output.cells;

import io.prism.queue.v1.AcknowledgeRequest;
import io.prism.queue.v1.GetTopicInfoRequest;
import io.prism.queue.v1.Message;
import io.prism.queue.v1.PublishRequest;
import io.prism.queue.v1.QueueServiceGrpc;
import io.prism.queue.v1.StartPosition;
import io.prism.queue.v1.SubscribeRequest;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "queue", description = "Topics with consumer groups, on Kafka.")
final class QueueCommands {

  /** Where a group begins that has no position yet. */
  enum Start {
    EARLIEST(StartPosition.START_POSITION_EARLIEST),
    LATEST(StartPosition.START_POSITION_LATEST),
    COMMITTED(StartPosition.START_POSITION_COMMITTED);

    private final StartPosition position;

    Start(StartPosition position) {
      this.position = position;
    }
  }

  private final PrismCli prism;

  QueueCommands(PrismCli prism) {
    this.prism = prism;
  }

  @Command(description = "Publishes a message.")
  int publish(
      @Parameters(paramLabel = "TOPIC") String topic,
      @Parameters(paramLabel = "PAYLOAD", description = "- reads standard input") String payload,
      @Option(
              names = "--key",
              paramLabel = "KEY",
              description = "messages with one key keep their order")
          Optional<String> key,
      @Option(names = "--header", paramLabel = "NAME=VALUE") @Nullable Map<String, String> headers)
      throws Exception {
    PublishRequest.Builder request =
        PublishRequest.newBuilder().setTopic(topic).setPayload(Input.bytes(prism, payload));
    key.ifPresent(request::setPartitionKey);
    if (headers != null) {
      request.putAllHeaders(headers);
    }
    return prism.say(
        channel -> QueueServiceGrpc.newBlockingStub(channel).publish(request.build()),
        published -> published.getMessageId());
  }

  @Command(description = "Prints messages as they come, each acknowledged when it is printed.")
  int subscribe(
      @Parameters(paramLabel = "TOPIC") String topic,
      @Option(
              names = "--group",
              paramLabel = "NAME",
              description = "consumer group; none reads all and commits nothing")
          Optional<String> group,
      @Option(names = "--from", paramLabel = "POSITION", description = "${COMPLETION-CANDIDATES}")
          Optional<Start> from,
      @Option(
              names = "--count",
              paramLabel = "N",
              description = "ends after so many; else with Ctrl-C")
          Optional<Integer> count)
      throws Exception {
    SubscribeRequest.Builder request = SubscribeRequest.newBuilder().setTopic(topic);
    group.ifPresent(request::setConsumerGroup);
    from.ifPresent(start -> request.setPosition(start.position));
    return prism.run(
        channel -> {
          QueueServiceGrpc.QueueServiceBlockingV2Stub queue =
              QueueServiceGrpc.newBlockingV2Stub(channel);
          return Streams.each(
              queue.subscribe(request.build()),
              count,
              message -> {
                prism.output().say(message, QueueCommands::line);
                if (group.isPresent()) {
                  var _ =
                      queue.acknowledge(
                          AcknowledgeRequest.newBuilder()
                              .addMessageIds(message.getMessageId())
                              .build());
                }
              });
        });
  }

  private static String line(Message message) {
    return message.getMessageId() + "  " + Output.text(message.getPayload());
  }

  @Command(description = "Shows the partitions of a topic and how much is in them.")
  int topic(@Parameters(paramLabel = "TOPIC") String topic) throws Exception {
    return prism.table(
        channel ->
            QueueServiceGrpc.newBlockingStub(channel)
                .getTopicInfo(GetTopicInfoRequest.newBuilder().setTopic(topic).build())
                .getPartitionsList(),
        List.of("PARTITION", "EARLIEST", "LATEST", "MESSAGES"),
        partition ->
            cells(
                partition.getPartition(),
                partition.getEarliestOffset(),
                partition.getLatestOffset(),
                partition.getMessageCount()));
  }
}
