package io.prism.queue.kafka;

import io.prism.queue.domain.QueueReason;
import io.prism.queue.domain.TopicName;
import io.prism.starter.error.CallReason;
import io.prism.starter.error.PrismException;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import org.apache.kafka.clients.producer.BufferExhaustedException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.ClusterAuthorizationException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.OutOfOrderSequenceException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** What Kafka's exceptions mean. */
public final class KafkaFailures {

  private static final Duration RETRY_DELAY = Duration.ofMillis(200);

  private KafkaFailures() {}

  /** Whether a failure says that Kafka is down or out of reach. */
  public static boolean isOutage(Throwable failure) {
    return switch (failure) {
      case BufferExhaustedException _ -> false;
      case UnknownTopicOrPartitionException _ -> false;
      case RetriableException _ -> true;
      // Without a class of its own: what still waited when a producer was closed.
      case KafkaException e -> e.getClass() == KafkaException.class;
      default -> false;
    };
  }

  /** Whether a producer that met this failure cannot be used any more. */
  static boolean isFatal(Throwable failure) {
    return switch (failure) {
      case OutOfOrderSequenceException _, ProducerFencedException _ -> true;
      case ClusterAuthorizationException _, IllegalStateException _ -> true;
      default -> failure.getClass() == KafkaException.class;
    };
  }

  static Throwable unwrapped(Throwable failure) {
    Throwable cause = failure;
    while (cause instanceof CompletionException && cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause;
  }

  /** What a client is told; what is no fault of the request stays as it is. */
  static RuntimeException translated(Throwable failure, TopicName topic) {
    Throwable cause = unwrapped(failure);
    return switch (cause) {
      case PrismException e -> e;
      case BufferExhaustedException _ -> overloaded();
      // A producer that is closed: it took nothing, and the next call finds another one.
      case IllegalStateException e -> unavailable(e);
      case UnknownTopicOrPartitionException _ -> notFound(topic);
      case RecordTooLargeException e ->
          PrismException.because(
                  CallReason.LIMIT_EXCEEDED,
                  "payload: larger than the topic " + topic.name() + " takes")
              .violation("payload", "larger than the topic " + topic.name() + " takes")
              .cause(e)
              .build();
      case InvalidTopicException _ ->
          PrismException.invalid(
              "topic",
              "'"
                  + topic.name()
                  + "' (expected: not to differ from another topic by . and _ only)");
      case RuntimeException e -> e;
      default -> new CompletionException(cause);
    };
  }

  static PrismException notFound(TopicName topic) {
    return PrismException.because(QueueReason.TOPIC_NOT_FOUND, "no topic " + topic.name())
        .resource("topic", topic.name())
        .build();
  }

  static PrismException unavailable(Throwable cause) {
    return PrismException.because(
            CallReason.BACKEND_UNAVAILABLE, "the store behind this service cannot be reached now")
        .retryAfter(RETRY_DELAY)
        .cause(cause)
        .build();
  }

  private static PrismException overloaded() {
    return PrismException.because(
            CallReason.OVERLOADED, "too many messages wait for the store in this instance")
        .retryAfter(RETRY_DELAY)
        .build();
  }
}
