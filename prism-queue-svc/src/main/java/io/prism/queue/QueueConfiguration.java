package io.prism.queue;

import io.micrometer.core.instrument.MeterRegistry;
import io.prism.queue.QueueProperties.SubscriptionLimits;
import io.prism.queue.domain.Deliveries;
import io.prism.queue.domain.GroupPositions;
import io.prism.queue.domain.Groups;
import io.prism.queue.domain.MessageRules;
import io.prism.queue.domain.QueueDefaults;
import io.prism.queue.domain.Replicas;
import io.prism.queue.domain.Subscriptions;
import io.prism.queue.domain.Topics;
import io.prism.queue.kafka.GroupLag;
import io.prism.queue.kafka.KafkaClients;
import io.prism.queue.kafka.KafkaFailures;
import io.prism.queue.kafka.KafkaGroups;
import io.prism.queue.kafka.KafkaProbe;
import io.prism.queue.kafka.KafkaPublisher;
import io.prism.queue.kafka.KafkaSubscriber;
import io.prism.queue.kafka.KafkaTopics;
import io.prism.queue.kafka.SubscriptionMeters;
import io.prism.queue.kafka.SubscriptionTuning;
import io.prism.starter.PrismFeature;
import io.prism.starter.backend.BackendGuard;
import io.prism.starter.backend.BackendGuards;
import io.prism.starter.call.DrainListener;
import io.prism.starter.observe.BackendProbe;
import org.apache.kafka.clients.admin.Admin;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.kafka.core.ConsumerFactory;
import org.springframework.kafka.core.KafkaAdmin;
import org.springframework.kafka.core.ProducerFactory;

/** Wires the Queue service over Kafka. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(QueueProperties.class)
class QueueConfiguration {

  @Bean
  MessageRules messageRules(QueueProperties properties) {
    return new MessageRules(
        Math.toIntExact(properties.maxPayload().toBytes()), properties.maxBatch());
  }

  @Bean
  QueueDefaults queueDefaults(QueueProperties properties) {
    return new QueueDefaults(
        properties.topic().partitions(),
        properties.topic().maxPartitions(),
        properties.topic().retention(),
        properties.subscription().window(),
        properties.subscription().maxWindow(),
        properties.subscription().maxDeliveryAttempts());
  }

  /** Spring's factories hold the connection, its security and its tuning as configured. */
  @Bean
  KafkaClients kafkaClients(
      ProducerFactory<?, ?> producers,
      ConsumerFactory<?, ?> consumers,
      KafkaAdmin admin,
      MessageRules rules,
      QueueProperties properties) {
    return new KafkaClients(
        producers.getConfigurationProperties(),
        consumers.getConfigurationProperties(),
        admin.getConfigurationProperties(),
        properties.timeLimit(),
        maxRecordBytes(rules));
  }

  @Bean
  BackendGuard kafkaGuard(BackendGuards guards) {
    return guards.guard("kafka", KafkaFailures::isOutage);
  }

  @Bean
  Admin kafkaAdminClient(KafkaClients clients) {
    return clients.admin();
  }

  @Bean
  KafkaTopics topics(
      Admin kafkaAdminClient,
      BackendGuard kafkaGuard,
      MessageRules rules,
      QueueProperties properties) {
    return new KafkaTopics(
        kafkaAdminClient,
        kafkaGuard,
        properties.timeLimit(),
        properties.topic().replicationFactor(),
        maxRecordBytes(rules));
  }

  @Bean
  KafkaPublisher publisher(
      KafkaClients clients,
      KafkaTopics topics,
      BackendGuard kafkaGuard,
      QueueProperties properties,
      MeterRegistry meters) {
    return new KafkaPublisher(clients, topics, kafkaGuard, properties.timeLimit(), meters);
  }

  @Bean
  Subscriptions subscriptions(Replicas replicas) {
    return new Subscriptions(replicas);
  }

  @Bean
  Deliveries deliveries(Subscriptions subscriptions, Replicas replicas) {
    return new Deliveries(subscriptions, replicas);
  }

  @Bean
  SubscriptionMeters subscriptionMeters(MeterRegistry meters, Subscriptions subscriptions) {
    return new SubscriptionMeters(meters, subscriptions);
  }

  @Bean
  KafkaGroups groups(Admin kafkaAdminClient, BackendGuard kafkaGuard, QueueProperties properties) {
    return new KafkaGroups(kafkaAdminClient, kafkaGuard, properties.timeLimit());
  }

  @Bean
  GroupPositions groupPositions(
      Topics topics,
      Groups groups,
      Subscriptions subscriptions,
      Replicas replicas,
      QueueProperties properties) {
    return new GroupPositions(topics, groups, subscriptions, replicas, properties.timeLimit());
  }

  @Bean
  GroupLag groupLag(
      Topics topics,
      Groups groups,
      Subscriptions subscriptions,
      MeterRegistry meters,
      QueueProperties properties) {
    return new GroupLag(
        topics,
        groups,
        subscriptions,
        meters,
        properties.lag().interval(),
        properties.lag().maxGroups());
  }

  @Bean
  KafkaSubscriber subscriber(
      KafkaClients clients,
      KafkaTopics topics,
      KafkaGroups groups,
      Subscriptions subscriptions,
      SubscriptionMeters meters,
      KafkaPublisher publisher,
      QueueProperties properties) {
    SubscriptionLimits limits = properties.subscription();
    return new KafkaSubscriber(
        clients,
        topics,
        groups,
        subscriptions,
        meters,
        publisher,
        new SubscriptionTuning(
            limits.max(), limits.maxSpan(), limits.commitInterval(), properties.timeLimit()));
  }

  /** Streams stop to fetch first, and end only when what they delivered had time to be settled. */
  @Bean
  DrainListener subscriptionDrain(
      KafkaSubscriber subscriber, Subscriptions subscriptions, QueueProperties properties) {
    return () -> {
      subscriber.stopFetching();
      return subscriptions.settled(properties.subscription().settleTime());
    };
  }

  @Bean
  BackendProbe kafkaProbe(Admin kafkaAdminClient) {
    return new KafkaProbe(kafkaAdminClient);
  }

  @Bean
  PrismFeature publishBatchFeature() {
    return new PrismFeature("queue.publish_batch");
  }

  @Bean
  PrismFeature redeliveryFeature() {
    return new PrismFeature("queue.redelivery");
  }

  @Bean
  PrismFeature deadLetterFeature() {
    return new PrismFeature("queue.dead_letter");
  }

  private static int maxRecordBytes(MessageRules rules) {
    return rules.maxPayloadBytes() + MessageRules.MAX_EXTRA_BYTES;
  }
}
