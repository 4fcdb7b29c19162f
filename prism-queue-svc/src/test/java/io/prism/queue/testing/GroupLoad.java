package io.prism.queue.testing;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.util.Durations;
import io.prism.queue.testing.QueueFixture.Client;
import io.prism.queue.v1.AcknowledgeRequest;
import io.prism.queue.v1.Message;
import io.prism.queue.v1.PublishRequest;
import io.prism.queue.v1.PublishResponse;
import io.prism.queue.v1.SubscribeRequest;
import io.prism.starter.testing.Await;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Publishers and a group of subscribers at work, and the books on what was published and what
 * arrived. Each acknowledgement goes by way of a replica that does not have the stream, where there
 * is one.
 */
public final class GroupLoad implements AutoCloseable {

  private static final Duration LIMIT = Duration.ofSeconds(60);

  private final RetryingClient client;
  private final List<Client> replicas;
  private final Map<String, PublishResponse> published = new ConcurrentHashMap<>();
  private final Set<String> received = ConcurrentHashMap.newKeySet();
  private final AtomicLong deliveries = new AtomicLong();
  private final AtomicInteger failedIds = new AtomicInteger();
  private final AtomicInteger streams = new AtomicInteger();
  private final FirstDeliveries firsts = new FirstDeliveries();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final List<Future<?>> publishers = new ArrayList<>();
  private final List<Future<?>> subscribers = new ArrayList<>();
  private volatile boolean publishing = true;
  private volatile boolean subscribing = true;

  public GroupLoad(RetryingClient client, List<Client> replicas) {
    this.client = client;
    this.replicas = replicas;
  }

  public void addPublisher() {
    int publisher = publishers.size();
    publishers.add(threads.submit(() -> publish(publisher)));
  }

  public void addSubscriber() {
    subscribers.add(threads.submit(this::subscribe));
  }

  /** What a member of the group asks for. */
  public static SubscribeRequest.Builder member() {
    return SubscribeRequest.newBuilder()
        .setTopic("orders")
        .setConsumerGroup("g")
        .setMaxMessages(200)
        .setTimeout(Durations.fromSeconds(10));
  }

  /** A stream that others open for the group has brought a message. */
  public void arrived(Message message) {
    firsts.add(message);
  }

  /** A good deal is published from now on, and arrives, in each partition. */
  public void awaitProgress(String what) {
    awaitPublished(250);
    Map<Integer, Long> reached = new HashMap<>();
    published
        .values()
        .forEach(sent -> reached.merge(sent.getPartition(), sent.getOffset(), Math::max));
    Await.until(what, LIMIT, () -> reached.entrySet().stream().allMatch(firsts::hasReached));
  }

  public void awaitPublished(int more) {
    int before = published.size();
    Await.until("publishing goes on", LIMIT, () -> published.size() > before + more);
  }

  /** Ends publishing; then everything has to arrive and to be committed. */
  public void finish(String bootstrapServers, String namespace) throws Exception {
    publishing = false;
    for (Future<?> publisher : publishers) {
      publisher.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
    }
    Await.until("everything", LIMIT, () -> received.containsAll(published.keySet()));
    Await.until("every acknowledgement", LIMIT, () -> isCommitted(bootstrapServers, namespace));
    subscribing = false;
    for (Future<?> subscriber : subscribers) {
      subscriber.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
    }
    assertThat(received).containsAll(published.keySet());
    assertThat(firsts.violations()).as("order of first deliveries").isEmpty();
  }

  private boolean isCommitted(String bootstrapServers, String namespace) {
    Map<Integer, Long> ends = new HashMap<>();
    published
        .values()
        .forEach(sent -> ends.merge(sent.getPartition(), sent.getOffset() + 1, Math::max));
    return KafkaFixture.committed(bootstrapServers, namespace + ".g", namespace + ".orders")
        .entrySet()
        .containsAll(ends.entrySet());
  }

  private void publish(int publisher) {
    for (int i = 0; publishing; i++) {
      String payload = publisher + "/" + i;
      PublishRequest request =
          PublishRequest.newBuilder()
              .setTopic("orders")
              .setPartitionKey("key " + i % 20)
              .setPayload(ByteString.copyFromUtf8(payload))
              .build();
      published.put(payload, client.call(-1, queue -> queue.publish(request)));
    }
  }

  /** Opens a stream at one replica after the other, as they end, and settles what it brings. */
  private @Nullable Void subscribe() throws InterruptedException {
    while (subscribing) {
      int replica = client.next(-1);
      BlockingQueue<Message> arrived = new LinkedBlockingQueue<>();
      try (TestStream stream =
          TestStream.open(
              replicas.get(replica),
              member().build(),
              message -> {
                firsts.add(message);
                arrived.add(message);
              })) {
        streams.incrementAndGet();
        settle(replica, stream, arrived);
      }
    }
    return null;
  }

  private void settle(int replica, TestStream stream, BlockingQueue<Message> arrived)
      throws InterruptedException {
    while (subscribing && !(stream.isClosed() && arrived.isEmpty())) {
      Message first = arrived.poll(50, TimeUnit.MILLISECONDS);
      if (first != null) {
        List<Message> messages = new ArrayList<>(List.of(first));
        arrived.drainTo(messages, 99);
        messages.forEach(message -> received.add(message.getPayload().toStringUtf8()));
        deliveries.addAndGet(messages.size());
        acknowledge(replica, messages);
      }
    }
  }

  private void acknowledge(int except, List<Message> messages) {
    AcknowledgeRequest request =
        AcknowledgeRequest.newBuilder()
            .addAllMessageIds(messages.stream().map(Message::getMessageId).toList())
            .build();
    failedIds.addAndGet(
        client.call(except, queue -> queue.acknowledge(request)).getFailedIdsCount());
  }

  @Override
  public String toString() {
    return String.format(
        "%d published, %d deliveries (%d again), %d streams, %d ids came too late; %s",
        published.size(),
        deliveries.get(),
        deliveries.get() - received.size(),
        streams.get(),
        failedIds.get(),
        client);
  }

  @Override
  public void close() {
    publishing = false;
    subscribing = false;
    for (List<Future<?>> running : List.of(publishers, subscribers)) {
      running.forEach(GroupLoad::awaitEnd);
    }
    threads.shutdownNow();
  }

  private static void awaitEnd(Future<?> running) {
    try {
      running.get(5, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      System.out.println("the load did not end in order: " + e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** In each partition, no message may arrive for the first time after a later one. */
  private static final class FirstDeliveries {

    private final Map<Integer, Long> reached = new HashMap<>();
    private final List<String> violations = new ArrayList<>();

    synchronized void add(Message message) {
      long before = reached.getOrDefault(message.getPartition(), -1L);
      if (message.getOffset() > before) {
        reached.put(message.getPartition(), message.getOffset());
        if (message.getOffset() > before + 1) {
          violations.add(message.getMessageId() + " after " + before);
        }
      }
    }

    synchronized boolean hasReached(Map.Entry<Integer, Long> position) {
      return reached.getOrDefault(position.getKey(), -1L) >= position.getValue();
    }

    synchronized List<String> violations() {
      return List.copyOf(violations);
    }
  }
}
