package io.prism.starter.testing;

import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.proc.SecurityContext;
import io.grpc.BindableService;
import io.grpc.InsecureServerCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCredentials;
import io.grpc.ServerInterceptor;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.MetadataUtils;
import io.prism.starter.CallChain;
import io.prism.starter.auth.InternalGuard;
import io.prism.starter.auth.InternalProperties;
import io.prism.starter.auth.SessionInterceptor;
import io.prism.starter.auth.SessionRegistry;
import io.prism.starter.auth.SessionTokenVerifier;
import io.prism.starter.auth.SessionTokens;
import io.prism.starter.call.CallMeter;
import io.prism.starter.call.CallProperties;
import io.prism.starter.call.InFlight;
import io.prism.starter.call.LiveStreams;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationContext;

/**
 * A service behind the real chain of interceptors on a real socket of the loopback interface, with
 * tokens from a {@link TokenMinter} instead of session-svc.
 *
 * <pre>{@code
 * try (var server = PrismTestServer.of(new EchoQueue()).start()) {
 *   var queue = QueueServiceGrpc.newBlockingStub(server.channel("orders", "queue:write"));
 * }
 * }</pre>
 */
public final class PrismTestServer implements AutoCloseable {

  private static final Duration MAX_CLOCK_SKEW = Duration.ofSeconds(1);

  /** There is no feed that could be down, and a long test outlives the default. */
  private static final Duration NO_FEED_STALENESS = Duration.ofDays(1);

  private static final int TOKEN_CACHE_SIZE = 10_000;
  private static final int MAX_INBOUND_BYTES = 8 * 1024 * 1024;

  /** gRPC would adapt it to the bandwidth it measures, and with it what a stalled client holds. */
  private static final int CLIENT_WINDOW_BYTES = 1024 * 1024;

  private final TokenMinter tokens;
  private final SessionRegistry registry;
  private final LiveStreams liveStreams = new LiveStreams();
  private final InFlight inFlight = new InFlight();
  private final ExecutorService blocking = Executors.newVirtualThreadPerTaskExecutor();
  private final ConcurrentLinkedQueue<ManagedChannel> channels = new ConcurrentLinkedQueue<>();
  private final Server server;

  private PrismTestServer(Builder options) {
    tokens = options.tokens == null ? SharedTokens.MINTER : options.tokens;
    registry =
        options.registry == null
            ? new SessionRegistry(NO_FEED_STALENESS, Clock.systemUTC())
            : options.registry;
    if (options.sessionsKnown) {
      registry.refreshed();
    }
    JWKSource<SecurityContext> keys = options.keys == null ? tokens.keySource() : options.keys;
    CallChain chain =
        CallChain.of(
            options.observation,
            inFlight,
            options.callProperties(),
            new SessionTokens(
                new SessionTokenVerifier(keys, TokenMinter.ISSUER, MAX_CLOCK_SKEW),
                TOKEN_CACHE_SIZE),
            registry,
            new InternalGuard(new InternalProperties(options.internalToken, options.mtlsNames)),
            liveStreams,
            blocking);
    NettyServerBuilder builder =
        NettyServerBuilder.forAddress(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), options.port),
                options.credentials)
            .executor(Runnable::run)
            .maxInboundMessageSize(MAX_INBOUND_BYTES)
            .addStreamTracerFactory(new CallMeter.Factory(inFlight));
    options.services.forEach(service -> builder.addService(chain.intercept(service)));
    options.transport.accept(builder);
    try {
      server = builder.build().start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Starts to describe a server of these services. */
  public static Builder of(BindableService... services) {
    return new Builder(List.of(services));
  }

  /** The same of all services of an application. */
  public static Builder of(ApplicationContext application) {
    return of(
        application.getBeansOfType(BindableService.class).values().toArray(BindableService[]::new));
  }

  public int port() {
    return server.getPort();
  }

  /** Who mints the tokens that this server accepts. */
  public TokenMinter tokens() {
    return tokens;
  }

  /** What this server knows of sessions; feed it to close one, for example. */
  public SessionRegistry registry() {
    return registry;
  }

  /** The streams that are open. */
  public LiveStreams liveStreams() {
    return liveStreams;
  }

  /** The calls in flight. */
  public InFlight inFlight() {
    return inFlight;
  }

  /** A channel without a token; closed with the server. */
  public ManagedChannel channel() {
    return channel(new Metadata());
  }

  /** A channel whose calls carry a token in {@code x-session-token}; closed with the server. */
  public ManagedChannel channel(String token) {
    return channel(token, CLIENT_WINDOW_BYTES);
  }

  /** The same, of a client that takes so many bytes of a stream before it is asked for any. */
  public ManagedChannel channel(String token, int windowBytes) {
    Metadata headers = new Metadata();
    headers.put(SessionInterceptor.TOKEN, token);
    return channel(headers, windowBytes);
  }

  /** A channel for a new session of a namespace with these permissions; closed with the server. */
  public ManagedChannel channel(String namespace, String... permissions) {
    return channel(tokens.session().namespace(namespace).permissions(permissions).token());
  }

  /** A channel whose calls carry this metadata; closed with the server. */
  public ManagedChannel channel(Metadata headers) {
    return channel(headers, CLIENT_WINDOW_BYTES);
  }

  private ManagedChannel channel(Metadata headers, int windowBytes) {
    ManagedChannel channel =
        NettyChannelBuilder.forAddress("127.0.0.1", port())
            .usePlaintext()
            .maxInboundMessageSize(MAX_INBOUND_BYTES)
            .flowControlWindow(windowBytes)
            .intercept(MetadataUtils.newAttachHeadersInterceptor(headers))
            .build();
    channels.add(channel);
    return channel;
  }

  /** Stops at once: calls in flight are cancelled. */
  @Override
  public void close() {
    channels.forEach(ManagedChannel::shutdownNow);
    server.shutdownNow();
    try {
      server.awaitTermination(5, TimeUnit.SECONDS);
      for (ManagedChannel channel : channels) {
        channel.awaitTermination(5, TimeUnit.SECONDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    blocking.shutdownNow();
  }

  /** One for all servers of a JVM: to make a key takes longer than most tests. */
  private static final class SharedTokens {
    private static final TokenMinter MINTER = new TokenMinter();
  }

  /** A server to be. */
  public static final class Builder {

    private final List<BindableService> services;
    private @Nullable TokenMinter tokens;
    private @Nullable JWKSource<SecurityContext> keys;
    private @Nullable SessionRegistry registry;
    private @Nullable ServerInterceptor observation;
    private @Nullable CallProperties properties;
    private @Nullable String internalToken;
    private Set<String> mtlsNames = Set.of();
    private Consumer<NettyServerBuilder> transport = builder -> {};
    private ServerCredentials credentials = InsecureServerCredentials.create();
    private int port;
    private boolean blocking;
    private boolean sessionsKnown = true;

    private Builder(List<BindableService> services) {
      this.services = new ArrayList<>(services);
    }

    /** Where to listen; 0, the default, is any free port. */
    public Builder port(int port) {
      this.port = port;
      return this;
    }

    /** Handlers run on virtual threads instead of the event loop. */
    public Builder blocking(boolean blocking) {
      this.blocking = blocking;
      return this;
    }

    /** All of {@code prism.call}; wins over {@link #blocking}. */
    public Builder properties(CallProperties properties) {
      this.properties = properties;
      return this;
    }

    public Builder tokens(TokenMinter tokens) {
      this.tokens = tokens;
      return this;
    }

    /** Where the server has its keys from, instead of straight from the minter. */
    public Builder keys(JWKSource<SecurityContext> keys) {
      this.keys = keys;
      return this;
    }

    public Builder registry(SessionRegistry registry) {
      this.registry = registry;
      return this;
    }

    /** Whether the state of sessions is known from the start, for the next five minutes. */
    public Builder sessionsKnown(boolean sessionsKnown) {
      this.sessionsKnown = sessionsKnown;
      return this;
    }

    public Builder observation(ServerInterceptor observation) {
      this.observation = observation;
      return this;
    }

    public Builder internalToken(String internalToken) {
      this.internalToken = internalToken;
      return this;
    }

    public Builder mtlsNames(String... mtlsNames) {
      this.mtlsNames = Set.of(mtlsNames);
      return this;
    }

    /** The server's end of TLS; channels of {@link #channel} speak plain text all the same. */
    public Builder credentials(ServerCredentials credentials) {
      this.credentials = credentials;
      return this;
    }

    /** Changes the server's transport last of all. */
    public Builder transport(Consumer<NettyServerBuilder> transport) {
      this.transport = transport;
      return this;
    }

    private CallProperties callProperties() {
      return properties == null
          ? new CallProperties(blocking, 2000, 10000, Duration.ZERO, Duration.ofSeconds(20))
          : properties;
    }

    public PrismTestServer start() {
      return new PrismTestServer(this);
    }
  }
}
