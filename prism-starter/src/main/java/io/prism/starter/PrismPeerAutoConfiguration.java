package io.prism.starter;

import io.grpc.ChannelCredentials;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.Metadata;
import io.grpc.stub.MetadataUtils;
import io.micrometer.core.instrument.MeterRegistry;
import io.prism.starter.auth.InternalGuard;
import io.prism.starter.auth.InternalProperties;
import io.prism.starter.peer.PeerChannels;
import io.prism.starter.peer.PeerGrpcService;
import io.prism.starter.peer.PeerProperties;
import io.prism.starter.peer.Peers;
import io.prism.starter.peer.Presence;
import io.prism.starter.tls.InstanceTls;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.OnPropertyListCondition;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.grpc.server.lifecycle.GrpcServerLifecycle;

/** The other replicas of this service, when {@code prism.peer.addresses} names any. */
@AutoConfiguration(after = PrismTlsAutoConfiguration.class)
@EnableConfigurationProperties({PeerProperties.class, InternalProperties.class})
public final class PrismPeerAutoConfiguration {

  @Bean
  Presence presence() {
    return new Presence();
  }

  @Bean
  Peers peers(
      Presence presence,
      PeerProperties properties,
      InternalProperties internal,
      ObjectProvider<InstanceTls> tls,
      ObjectProvider<GrpcServerLifecycle> server,
      MeterRegistry meters) {
    return new Peers(
        presence,
        properties,
        channels(internal, tls.getIfAvailable()),
        () -> portOf(server.getIfAvailable()),
        meters);
  }

  /** The port is 0 before the server listens. */
  private static int portOf(@Nullable GrpcServerLifecycle server) {
    return server == null ? 0 : Math.max(0, server.getPort());
  }

  private static PeerChannels channels(InternalProperties internal, @Nullable InstanceTls tls) {
    ChannelCredentials credentials =
        tls == null ? InsecureChannelCredentials.create() : tls.client();
    Metadata headers = new Metadata();
    if (internal.token() != null) {
      headers.put(InternalGuard.TOKEN, internal.token());
    }
    return (address, host) ->
        Grpc.newChannelBuilderForAddress(
                address.getAddress().getHostAddress(), address.getPort(), credentials)
            .overrideAuthority(host)
            .directExecutor()
            .keepAliveTime(30, TimeUnit.SECONDS)
            .keepAliveTimeout(5, TimeUnit.SECONDS)
            .intercept(MetadataUtils.newAttachHeadersInterceptor(headers))
            .build();
  }

  @Bean
  @Conditional(OnPeers.class)
  PeerGrpcService peerGrpcService(Presence presence, Peers peers) {
    return new PeerGrpcService(presence, peers);
  }

  static final class OnPeers extends OnPropertyListCondition {
    OnPeers() {
      super("prism.peer.addresses", () -> ConditionMessage.forCondition("Peers"));
    }
  }
}
