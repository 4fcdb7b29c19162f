package io.prism.starter.tls;

import io.grpc.ServerCredentials;
import io.grpc.netty.NettyServerBuilder;
import java.util.List;
import org.springframework.grpc.server.NettyGrpcServerFactory;
import org.springframework.grpc.server.ServerBuilderCustomizer;

/**
 * Boot's Netty server with this instance's TLS: Boot's own takes no protocols and never reloads.
 */
public final class TlsServerFactory extends NettyGrpcServerFactory {

  private final InstanceTls tls;

  /**
   * @param address {@code host:port} to listen on
   */
  public TlsServerFactory(
      String address,
      List<ServerBuilderCustomizer<NettyServerBuilder>> customizers,
      InstanceTls tls) {
    super(address, customizers, null, null, null);
    this.tls = tls;
  }

  @Override
  protected ServerCredentials credentials() {
    return tls.server();
  }
}
