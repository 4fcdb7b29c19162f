package io.prism.transact.testing;

import io.prism.starter.testing.Await;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Stands between the service and PostgreSQL, and can break or silence connections at a chosen
 * moment.
 */
public final class CuttingProxy implements AutoCloseable {

  /** What happens to the connection that next carries a commit. */
  public enum Cut {
    NONE,
    /** It breaks before PostgreSQL hears of it. */
    BEFORE_COMMIT,
    /** PostgreSQL commits, and its answer is lost with the connection. */
    AFTER_COMMIT,
    /** The same, and nothing gets through any more until {@link #up}. */
    AFTER_COMMIT_FOR_LONG
  }

  private final ServerSocket listener;
  private final int target;
  private final AtomicReference<Cut> next = new AtomicReference<>(Cut.NONE);
  private volatile boolean silent;
  private volatile boolean refusing;
  private final Set<Pair> pairs = ConcurrentHashMap.newKeySet();

  public CuttingProxy(int target) {
    this.target = target;
    try {
      listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Thread.startVirtualThread(this::accept);
  }

  public int port() {
    return listener.getLocalPort();
  }

  /** Cuts the connection that next carries a commit. */
  public void cutNext(Cut cut) {
    next.set(cut);
  }

  /** Whether nothing gets through, until the network works again. */
  public void silent(boolean silent) {
    this.silent = silent;
  }

  /** Breaks all connections, and lets none in. */
  private void down() {
    refusing = true;
    pairs.forEach(Pair::close);
  }

  /** Lets connections in again. */
  public void up() {
    refusing = false;
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket client = listener.accept();
        if (refusing) {
          client.close();
          continue;
        }
        Socket server = new Socket(InetAddress.getLoopbackAddress(), target);
        Pair pair = new Pair(client, server);
        pairs.add(pair);
        Thread.startVirtualThread(pair::forwardRequests);
        Thread.startVirtualThread(pair::forwardAnswers);
      } catch (IOException e) {
        // Closed, or PostgreSQL is away.
      }
    }
  }

  private void awaitVoice() {
    Await.until("the network works again", Duration.ofMinutes(1), () -> !silent);
  }

  private final class Pair {

    private final Socket client;
    private final Socket server;
    private volatile boolean swallowing;
    private volatile boolean downAfterwards;

    Pair(Socket client, Socket server) {
      this.client = client;
      this.server = server;
    }

    void close() {
      pairs.remove(this);
      try (client;
          server) {
        // Both.
      } catch (IOException e) {
        // Closed already.
      }
    }

    void forwardRequests() {
      byte[] buffer = new byte[1 << 16];
      try (client;
          server;
          InputStream in = client.getInputStream();
          OutputStream out = server.getOutputStream()) {
        int length;
        while ((length = in.read(buffer)) >= 0) {
          awaitVoice();
          Cut cut = isCommit(buffer, length) ? next.getAndSet(Cut.NONE) : Cut.NONE;
          if (cut == Cut.BEFORE_COMMIT) {
            return;
          }
          swallowing = cut != Cut.NONE;
          downAfterwards = cut == Cut.AFTER_COMMIT_FOR_LONG;
          out.write(buffer, 0, length);
          out.flush();
        }
      } catch (IOException e) {
        // Cut.
      }
    }

    private static boolean isCommit(byte[] buffer, int length) {
      return new String(buffer, 0, length, StandardCharsets.ISO_8859_1)
          .toLowerCase(Locale.ROOT)
          .contains("commit\0");
    }

    void forwardAnswers() {
      byte[] buffer = new byte[1 << 16];
      try (client;
          server;
          InputStream in = server.getInputStream();
          OutputStream out = client.getOutputStream()) {
        int length;
        while ((length = in.read(buffer)) >= 0) {
          if (swallowing) {
            if (downAfterwards) {
              down();
            }
            return;
          }
          awaitVoice();
          out.write(buffer, 0, length);
          out.flush();
        }
      } catch (IOException e) {
        // Cut.
      }
    }
  }

  @Override
  public void close() {
    try {
      listener.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
