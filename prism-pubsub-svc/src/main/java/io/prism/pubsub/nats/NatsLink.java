package io.prism.pubsub.nats;

import io.nats.client.Connection;
import io.nats.client.ConnectionListener;
import io.nats.client.Consumer;
import io.nats.client.ErrorListener;
import io.nats.client.Nats;
import io.nats.client.Options;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one connection to NATS, made anew for as long as it takes. While there is none, nothing is
 * kept for later. Thread-safe.
 */
public final class NatsLink implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(NatsLink.class);
  private static final Duration RETRY_DELAY = Duration.ofMillis(250);
  private static final Duration PING_INTERVAL = Duration.ofSeconds(1);
  private static final int MAX_PINGS_OUT = 3;
  private static final int MAX_OUTGOING = 100_000;

  /** Is told of connections. */
  interface Listener {

    /** There is a connection that was not there before, without subscriptions. */
    void connected(Connection connection);

    /** A connection that was lost is there again, with its subscriptions. */
    void reconnected();
  }

  private final NatsSettings settings;
  private final RoundTrips roundTrips = new RoundTrips(this::flush);
  private final List<Listener> listeners = new CopyOnWriteArrayList<>();
  private final AtomicBoolean connecting = new AtomicBoolean();
  private final AtomicLong failures = new AtomicLong();
  private volatile @Nullable Connection connection;
  private volatile boolean closed;

  public NatsLink(NatsSettings settings) {
    this.settings = settings;
  }

  /** Connects, now or later; returns at once. */
  void start(Listener listener) {
    listeners.add(listener);
    connect();
  }

  /**
   * The connection.
   *
   * @throws IOException when there is none now
   */
  Connection connected() throws IOException {
    Connection known = connection;
    if (known == null || known.getStatus() != Connection.Status.CONNECTED) {
      throw new IOException("not connected to NATS");
    }
    return known;
  }

  boolean isConnected() {
    Connection known = connection;
    return known != null && known.getStatus() == Connection.Status.CONNECTED;
  }

  /** How many attempts to make a new connection have failed. */
  public long failures() {
    return failures.get();
  }

  /** Completes when NATS has dealt with all that was handed to the connection before. */
  CompletableFuture<Void> roundTrip() {
    return roundTrips.next();
  }

  private boolean flush() throws Exception {
    connected().flush(settings.timeLimit());
    return true;
  }

  private void connect() {
    if (!closed && connecting.compareAndSet(false, true)) {
      Thread.ofVirtual().name("prism-nats-connect").start(this::connectAtLast);
    }
  }

  private void connectAtLast() {
    boolean told = false;
    try {
      while (!closed) {
        try {
          Connection made = Nats.connect(options());
          connection = made;
          connecting.set(false);
          if (closed) {
            made.close();
          } else {
            log.info("connected to NATS {}", made.getServerInfo().getVersion());
            listeners.forEach(listener -> listener.connected(made));
          }
          return;
        } catch (IOException e) {
          failures.incrementAndGet();
          if (!told) {
            log.warn("NATS is out of reach, and tried again and again: {}", e.getMessage());
          }
          told = true;
        }
        TimeUnit.NANOSECONDS.sleep(RETRY_DELAY.toNanos());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      connecting.set(false);
    }
  }

  /** Made for each connection, since a connection takes the threads of its options with it. */
  private Options options() throws IOException {
    Options.Builder options =
        Options.builder()
            .servers(settings.servers().toArray(String[]::new))
            .connectionName("prism-pubsub")
            .connectionTimeout(settings.timeLimit())
            .socketWriteTimeout(settings.timeLimit())
            .maxReconnects(-1)
            .reconnectWait(RETRY_DELAY)
            .reconnectJitter(RETRY_DELAY)
            .reconnectJitterTls(RETRY_DELAY)
            .reconnectBufferSize(0)
            .maxMessagesInOutgoingQueue(MAX_OUTGOING)
            .pingInterval(PING_INTERVAL)
            .maxPingsOut(MAX_PINGS_OUT)
            // The message that tells of no responders would come as an event of the inbox.
            .noNoResponders()
            .connectionListener(new Reports())
            .errorListener(new Reports());
    String username = settings.username();
    String password = settings.password();
    if (username != null && password != null) {
      options.userInfo(username.toCharArray(), password.toCharArray());
    }
    String token = settings.token();
    if (token != null) {
      options.token(token.toCharArray());
    }
    if (settings.credentials() != null) {
      options.authHandler(Nats.credentials(settings.credentials()));
    }
    SSLContext tls = settings.tls();
    if (tls != null) {
      // With other modes the library knows the server by an address alone, which certificates
      // seldom name.
      options
          .sslContext(HostCheckedTls.of(tls))
          .hostnameResolveMode(Options.HostnameResolveMode.HappyEyeballs);
    }
    return options.build();
  }

  @Override
  public void close() {
    closed = true;
    Connection known = connection;
    if (known != null) {
      try {
        known.close();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private final class Reports implements ConnectionListener, ErrorListener {

    // The library's own replacement calls it, and is the one with a default.
    @SuppressWarnings("deprecation")
    @Override
    public void connectionEvent(Connection source, Events event) {
      if (closed) {
        return;
      }
      switch (event) {
        case DISCONNECTED -> log.warn("the connection to NATS is lost");
        case RESUBSCRIBED -> {
          log.info("the connection to NATS is there again");
          listeners.forEach(Listener::reconnected);
        }
        // The library gives up a connection whose credentials are refused twice.
        case CLOSED -> {
          if (source.equals(connection)) {
            log.warn("the connection to NATS is closed, and made anew");
            connect();
          }
        }
        case CONNECTED, RECONNECTED, DISCOVERED_SERVERS, LAME_DUCK ->
            log.debug("connection to NATS: {}", event);
      }
    }

    @Override
    public void errorOccurred(Connection source, String error) {
      log.warn("NATS says: {}", error);
    }

    @Override
    public void exceptionOccurred(Connection source, Exception exception) {
      log.debug("the connection to NATS met an exception", exception);
    }

    @Override
    public void slowConsumerDetected(Connection source, Consumer consumer) {
      log.warn("events come faster from NATS than this instance takes them: some are dropped");
    }
  }
}
