package io.prism.starter;

import io.grpc.BindableService;
import io.grpc.netty.NettyServerBuilder;
import io.prism.starter.tls.InstanceTls;
import io.prism.starter.tls.TlsProperties;
import io.prism.starter.tls.TlsServerFactory;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.grpc.server.autoconfigure.GrpcServerAutoConfiguration;
import org.springframework.boot.grpc.server.autoconfigure.GrpcServerExecutorProvider;
import org.springframework.boot.grpc.server.autoconfigure.GrpcServerFactoryCustomizer;
import org.springframework.boot.grpc.server.autoconfigure.GrpcServerProperties;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.grpc.server.GrpcServerFactory;
import org.springframework.grpc.server.InProcessGrpcServerFactory;
import org.springframework.grpc.server.ServerBuilderCustomizer;
import org.springframework.grpc.server.lifecycle.GrpcServerLifecycle;
import org.springframework.grpc.server.service.GrpcServiceConfigurer;
import org.springframework.grpc.server.service.GrpcServiceDiscoverer;

/** TLS 1.3 with certificates that may change, in place of Boot's, when a bundle is named. */
@AutoConfiguration(after = SslAutoConfiguration.class, before = GrpcServerAutoConfiguration.class)
@EnableConfigurationProperties(TlsProperties.class)
@ConditionalOnProperty("prism.tls.bundle")
public final class PrismTlsAutoConfiguration {

  @Bean
  InstanceTls instanceTls(SslBundles bundles, TlsProperties properties) {
    String bundle = Objects.requireNonNull(properties.bundle(), "prism.tls.bundle");
    return new InstanceTls(bundles, bundle, properties.clientAuth());
  }

  @Configuration(proxyBeanMethods = false)
  @ConditionalOnBean(BindableService.class)
  @ConditionalOnBooleanProperty(
      name = {"spring.grpc.server.enabled", "spring.grpc.server.factory.enabled"},
      matchIfMissing = true)
  @ConditionalOnMissingBean(
      value = GrpcServerFactory.class,
      ignored = InProcessGrpcServerFactory.class)
  @EnableConfigurationProperties(GrpcServerProperties.class)
  static class Server {

    private static final int DEFAULT_PORT = 9090;

    @Bean
    TlsServerFactory nettyGrpcServerFactory(
        InstanceTls tls,
        GrpcServerProperties properties,
        GrpcServiceDiscoverer discoverer,
        GrpcServiceConfigurer configurer,
        ObjectProvider<GrpcServerExecutorProvider> executor,
        ObjectProvider<ServerBuilderCustomizer<NettyServerBuilder>> customizers,
        ObjectProvider<GrpcServerFactoryCustomizer> factoryCustomizers) {
      List<ServerBuilderCustomizer<NettyServerBuilder>> all = new ArrayList<>();
      executor.ifAvailable(provider -> all.add(b -> b.executor(provider.getExecutor())));
      all.add(builder -> limit(builder, properties));
      customizers.orderedStream().forEach(all::add);
      TlsServerFactory factory = new TlsServerFactory(addressOf(properties), all, tls);
      factoryCustomizers.orderedStream().forEach(customizer -> customizer.customize(factory));
      discoverer.findServices().stream()
          .map(spec -> configurer.configure(spec, factory))
          .forEach(factory::addService);
      return factory;
    }

    @Bean
    GrpcServerLifecycle nettyGrpcServerLifecycle(
        TlsServerFactory factory,
        GrpcServerProperties properties,
        ApplicationEventPublisher events) {
      return new GrpcServerLifecycle(factory, properties.getShutdown().getGracePeriod(), events);
    }

    private static String addressOf(GrpcServerProperties properties) {
      InetAddress address = properties.getAddress();
      Integer port = properties.getPort();
      String host = address == null ? "*" : address.getHostAddress();
      return (address instanceof Inet6Address ? "[" + host + "]" : host)
          + ":"
          + (port == null ? DEFAULT_PORT : port);
    }

    /** What Boot does with the same properties, in a class that it keeps to itself. */
    private static void limit(NettyServerBuilder builder, GrpcServerProperties properties) {
      GrpcServerProperties.Inbound inbound = properties.getInbound();
      builder.maxInboundMessageSize((int) inbound.getMessage().getMaxSize().toBytes());
      builder.maxInboundMetadataSize((int) inbound.getMetadata().getMaxSize().toBytes());
      GrpcServerProperties.Keepalive keepalive = properties.getKeepalive();
      if (keepalive.getTime() != null) {
        builder.keepAliveTime(keepalive.getTime().toNanos(), TimeUnit.NANOSECONDS);
      }
      if (keepalive.getTimeout() != null) {
        builder.keepAliveTimeout(keepalive.getTimeout().toNanos(), TimeUnit.NANOSECONDS);
      }
      if (keepalive.getPermit().getTime() != null) {
        builder.permitKeepAliveTime(
            keepalive.getPermit().getTime().toNanos(), TimeUnit.NANOSECONDS);
      }
      builder.permitKeepAliveWithoutCalls(keepalive.getPermit().isWithoutCalls());
      GrpcServerProperties.Keepalive.Connection connection = keepalive.getConnection();
      if (connection.getMaxIdleTime() != null) {
        builder.maxConnectionIdle(connection.getMaxIdleTime().toNanos(), TimeUnit.NANOSECONDS);
      }
      if (connection.getMaxAge() != null) {
        builder.maxConnectionAge(connection.getMaxAge().toNanos(), TimeUnit.NANOSECONDS);
      }
      if (connection.getGracePeriod() != null) {
        builder.maxConnectionAgeGrace(connection.getGracePeriod().toNanos(), TimeUnit.NANOSECONDS);
      }
    }
  }
}
