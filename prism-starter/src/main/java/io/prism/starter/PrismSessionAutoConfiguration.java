package io.prism.starter;

import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.proc.SecurityContext;
import io.grpc.BindableService;
import io.grpc.ChannelCredentials;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.prism.starter.auth.InternalProperties;
import io.prism.starter.auth.SessionFeedClient;
import io.prism.starter.auth.SessionKeys;
import io.prism.starter.auth.SessionProperties;
import io.prism.starter.auth.SessionRegistry;
import io.prism.starter.auth.SessionTokenVerifier;
import io.prism.starter.auth.SessionTokens;
import io.prism.starter.tls.InstanceTls;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;

/** Verification of session tokens, and the feed that tells of sessions. */
@AutoConfiguration(
    after = PrismTlsAutoConfiguration.class,
    before = PrismCallAutoConfiguration.class)
@EnableConfigurationProperties(SessionProperties.class)
public final class PrismSessionAutoConfiguration {

  @Bean
  @ConditionalOnMissingBean
  Clock clock() {
    return Clock.systemUTC();
  }

  @Bean
  @ConditionalOnMissingBean
  JWKSource<SecurityContext> sessionKeys(
      SessionProperties properties, ObjectProvider<InstanceTls> tls) {
    return SessionKeys.of(properties, tls.getIfAvailable());
  }

  @Bean
  SessionTokens sessionTokens(JWKSource<SecurityContext> keys, SessionProperties properties) {
    return new SessionTokens(
        new SessionTokenVerifier(keys, properties.issuer(), properties.maxClockSkew()),
        properties.tokenCacheSize());
  }

  @Bean
  SessionRegistry sessionRegistry(SessionProperties properties, Clock clock) {
    return new SessionRegistry(properties.feed().maxStaleness(), clock);
  }

  @Bean
  @ConditionalOnProperty("prism.session.feed.address")
  SessionFeedClient sessionFeedClient(
      SessionRegistry registry,
      SessionProperties properties,
      InternalProperties internal,
      ObjectProvider<BindableService> services,
      ObjectProvider<PrismFeature> features,
      ObjectProvider<InstanceTls> tls) {
    List<String> names =
        services.stream()
            .map(service -> service.bindService().getServiceDescriptor().getName())
            .filter(name -> name.startsWith("prism.") && !name.contains(".internal."))
            .toList();
    return new SessionFeedClient(
        registry,
        properties.feed(),
        feedChannel(properties.feed(), tls.getIfAvailable()),
        internal.token(),
        names,
        features.stream().map(PrismFeature::name).toList());
  }

  private static Supplier<ManagedChannel> feedChannel(
      SessionProperties.Feed feed, @Nullable InstanceTls tls) {
    if (feed.tls() && tls == null) {
      throw new IllegalStateException(
          "prism.session.feed.tls is true and prism.tls.bundle is not set (expected: a bundle)");
    }
    ChannelCredentials credentials =
        feed.tls() && tls != null ? tls.client() : InsecureChannelCredentials.create();
    return () ->
        Grpc.newChannelBuilder(feed.address(), credentials)
            .keepAliveTime(30, TimeUnit.SECONDS)
            .keepAliveTimeout(5, TimeUnit.SECONDS)
            .build();
  }
}
