package io.prism.starter.testing;

import com.nimbusds.jose.jwk.JWKSet;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/** Publishes keys over a real HTTP socket, counts the fetches, and fails when told to. */
public final class JwksServer implements AutoCloseable {

  private static final String PATH = "/.well-known/jwks.json";

  private final HttpServer server;
  private final Supplier<JWKSet> keys;
  private final AtomicInteger fetches = new AtomicInteger();
  private volatile boolean failing;

  public JwksServer(Supplier<JWKSet> keys) {
    this.keys = keys;
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.createContext(PATH, this::answer);
    server.start();
  }

  private void answer(HttpExchange exchange) throws IOException {
    fetches.incrementAndGet();
    try (exchange) {
      if (failing) {
        exchange.sendResponseHeaders(503, -1);
        return;
      }
      byte[] body = keys.get().toString().getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().set("Content-Type", "application/jwk-set+json");
      exchange.sendResponseHeaders(200, body.length);
      exchange.getResponseBody().write(body);
    }
  }

  /** For {@code prism.session.jwks-uri}. */
  public URI uri() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + PATH);
  }

  /** How often the keys were asked for, in vain or not. */
  public int fetches() {
    return fetches.get();
  }

  /** Whether to answer 503 from now on. */
  public void failing(boolean failing) {
    this.failing = failing;
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
