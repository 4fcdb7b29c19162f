package io.prism.cli;

import io.prism.pubsub.v1.PubSubServiceGrpc;
import io.prism.pubsub.v1.PublishRequest;
import io.prism.pubsub.v1.SubscribeRequest;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "pubsub", description = "Events by topic, on NATS.")
final class PubSubCommands {

  private final PrismCli prism;

  PubSubCommands(PrismCli prism) {
    this.prism = prism;
  }

  @Command(description = "Publishes an event, and tells how many it went to.")
  int publish(
      @Parameters(paramLabel = "TOPIC") String topic,
      @Parameters(paramLabel = "PAYLOAD", description = "- reads standard input") String payload,
      @Option(names = "--metadata", paramLabel = "NAME=VALUE")
          @Nullable Map<String, String> metadata,
      @Option(names = "--reply-to", paramLabel = "TOPIC") Optional<String> replyTo)
      throws Exception {
    PublishRequest.Builder request =
        PublishRequest.newBuilder().setTopic(topic).setPayload(Input.bytes(prism, payload));
    if (metadata != null) {
      request.putAllMetadata(metadata);
    }
    replyTo.ifPresent(request::setReplyTo);
    return prism.say(
        channel -> PubSubServiceGrpc.newBlockingStub(channel).publish(request.build()),
        published -> published.getEventId() + " to " + published.getSubscriberCount());
  }

  @Command(description = "Prints events as they come.")
  int subscribe(
      @Parameters(paramLabel = "PATTERN", description = "* is one token, > at the end one or more")
          String pattern,
      @Option(names = "--group", paramLabel = "NAME", description = "each event goes to one member")
          Optional<String> group,
      @Option(
              names = "--count",
              paramLabel = "N",
              description = "ends after so many; else with Ctrl-C")
          Optional<Integer> count)
      throws Exception {
    SubscribeRequest.Builder request = SubscribeRequest.newBuilder().setTopicPattern(pattern);
    group.ifPresent(request::setQueueGroup);
    return prism.run(
        channel ->
            Streams.each(
                PubSubServiceGrpc.newBlockingV2Stub(channel).subscribe(request.build()),
                count,
                event ->
                    prism
                        .output()
                        .say(event, e -> e.getTopic() + "  " + Output.text(e.getPayload()))));
  }
}
