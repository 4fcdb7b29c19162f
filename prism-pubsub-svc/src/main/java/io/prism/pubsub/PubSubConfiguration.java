package io.prism.pubsub;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.prism.pubsub.PubSubProperties.NatsServers;
import io.prism.pubsub.PubSubProperties.SubscriptionSettings;
import io.prism.pubsub.domain.BufferLimits;
import io.prism.pubsub.domain.EventBroker;
import io.prism.pubsub.domain.EventRules;
import io.prism.pubsub.domain.Publisher;
import io.prism.pubsub.domain.Replicas;
import io.prism.pubsub.domain.SessionSubscriptions;
import io.prism.pubsub.domain.SubscriptionLimits;
import io.prism.pubsub.domain.Subscriptions;
import io.prism.pubsub.inprocess.InProcessBroker;
import io.prism.pubsub.nats.NatsBroker;
import io.prism.pubsub.nats.NatsFailures;
import io.prism.pubsub.nats.NatsLink;
import io.prism.pubsub.nats.NatsProbe;
import io.prism.pubsub.nats.NatsSettings;
import io.prism.starter.PrismFeature;
import io.prism.starter.backend.BackendGuards;
import io.prism.starter.call.DrainListener;
import io.prism.starter.observe.BackendProbe;
import java.time.Clock;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Wires the PubSub service over its broker. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(PubSubProperties.class)
class PubSubConfiguration {

  @Bean
  PubSubMeters traffic(MeterRegistry meters) {
    return new PubSubMeters(meters);
  }

  @Bean
  Publisher publisher(EventBroker broker, PubSubProperties properties, PubSubMeters traffic) {
    EventRules rules =
        new EventRules(
            Math.toIntExact(properties.maxPayload().toBytes()), properties.maxMetadata());
    return new Publisher(broker, rules, traffic, Clock.systemUTC());
  }

  @Bean
  BufferLimits bufferLimits(PubSubProperties properties, MeterRegistry meters) {
    SubscriptionSettings settings = properties.subscription();
    BufferLimits limits =
        new BufferLimits(
            settings.buffer(),
            settings.bufferSize().toBytes(),
            settings.bufferSizeOfAll().toBytes());
    Gauge.builder("prism.pubsub.buffered", limits, BufferLimits::bytesOfAll)
        .baseUnit("bytes")
        .description("events that wait for subscribers")
        .register(meters);
    return limits;
  }

  @Bean
  Subscriptions subscriptions(
      EventBroker broker,
      Replicas replicas,
      PubSubMeters traffic,
      BufferLimits bufferLimits,
      PubSubProperties properties,
      MeterRegistry meters) {
    SubscriptionSettings settings = properties.subscription();
    Subscriptions subscriptions =
        new Subscriptions(
            broker,
            replicas,
            traffic,
            new SubscriptionLimits(settings.max(), settings.maxPerSession()),
            bufferLimits,
            Clock.systemUTC());
    Gauge.builder("prism.pubsub.subscriptions", subscriptions, Subscriptions::count)
        .description("live subscriptions")
        .register(meters);
    return subscriptions;
  }

  @Bean
  SessionSubscriptions sessionSubscriptions(Subscriptions subscriptions, Replicas replicas) {
    return new SessionSubscriptions(subscriptions, replicas);
  }

  /** Groups are left first, so that what comes goes to members elsewhere. */
  @Bean
  DrainListener subscriptionDrain(Subscriptions subscriptions, PubSubProperties properties) {
    return () -> subscriptions.leaveGroups(properties.subscription().settleTime());
  }

  @Bean
  PrismFeature queueGroupsFeature() {
    return new PrismFeature("pubsub.queue_groups");
  }

  /** Over NATS. */
  @Configuration(proxyBeanMethods = false)
  @ConditionalOnProperty(name = "prism.pubsub.broker", havingValue = "nats", matchIfMissing = true)
  static class Nats {

    @Bean
    NatsSettings natsSettings(PubSubProperties properties, SslBundles bundles) {
      NatsServers servers = properties.nats();
      return new NatsSettings(
          servers.servers(),
          servers.username(),
          servers.password(),
          servers.token(),
          servers.credentials(),
          tls(servers.sslBundle(), bundles),
          servers.timeLimit(),
          servers.dispatchers(),
          servers.heartbeat(),
          servers.forgetAfter());
    }

    private static @Nullable SSLContext tls(@Nullable String bundle, SslBundles bundles) {
      return bundle == null ? null : bundles.getBundle(bundle).createSslContext();
    }

    @Bean
    NatsLink natsLink(NatsSettings settings, MeterRegistry meters) {
      NatsLink link = new NatsLink(settings);
      FunctionCounter.builder("prism.pubsub.nats.connect.failures", link, NatsLink::failures)
          .description("failed attempts to make a new connection")
          .register(meters);
      return link;
    }

    @Bean
    NatsBroker broker(
        NatsLink link, NatsSettings settings, BackendGuards guards, MeterRegistry meters) {
      NatsBroker broker =
          new NatsBroker(
              link, settings, guards.guard("nats", NatsFailures::isOutage), Clock.systemUTC());
      FunctionCounter.builder("prism.pubsub.nats.dropped", broker, NatsBroker::dropped)
          .description("events that came faster than this instance took them")
          .register(meters);
      return broker;
    }

    @Bean
    BackendProbe natsProbe(NatsLink link) {
      return new NatsProbe(link);
    }
  }

  /** Within this process. */
  @Configuration(proxyBeanMethods = false)
  @ConditionalOnProperty(name = "prism.pubsub.broker", havingValue = "in-process")
  static class InProcess {

    @Bean
    InProcessBroker broker() {
      return new InProcessBroker();
    }
  }
}
