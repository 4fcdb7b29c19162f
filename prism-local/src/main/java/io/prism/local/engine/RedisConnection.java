package io.prism.local.engine;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/**
 * As much of Redis's protocol as it takes to ask a server who it is: engines are started before,
 * and stopped after, anything that has a client library.
 */
final class RedisConnection implements AutoCloseable {
  private static final Duration CONNECT_LIMIT = Duration.ofSeconds(2);
  private static final Duration ANSWER_LIMIT = Duration.ofSeconds(10);
  private static final int MAX_ANSWER_BYTES = 1 << 20;

  private final Socket socket;
  private final InputStream answers;

  private RedisConnection(Socket socket) throws IOException {
    this.socket = socket;
    answers = new BufferedInputStream(socket.getInputStream());
  }

  /**
   * @throws IOException when nothing answers, or the server refuses the password
   */
  static RedisConnection open(String host, int port, String password) throws IOException {
    Socket socket = new Socket();
    try {
      socket.setSoTimeout((int) ANSWER_LIMIT.toMillis());
      socket.connect(
          new InetSocketAddress(InetAddress.ofLiteral(host), port), (int) CONNECT_LIMIT.toMillis());
      RedisConnection connection = new RedisConnection(socket);
      connection.call("AUTH", password);
      return connection;
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  /**
   * The answer of one command: a status, a number, a string, or a list of them in lines; {@code
   * null} for none.
   *
   * @throws IOException also when the server answers with an error, which is then the message
   */
  @Nullable String call(String... command) throws IOException {
    StringBuilder request = new StringBuilder("*" + command.length + "\r\n");
    for (String part : command) {
      request
          .append('$')
          .append(part.getBytes(StandardCharsets.UTF_8).length)
          .append("\r\n")
          .append(part)
          .append("\r\n");
    }
    socket.getOutputStream().write(request.toString().getBytes(StandardCharsets.UTF_8));
    return answer();
  }

  private @Nullable String answer() throws IOException {
    String head = line();
    String rest = head.substring(1);
    return switch (head.charAt(0)) {
      case '+', ':' -> rest;
      case '$' -> bulk(rest);
      case '*' -> list(rest);
      case '-' -> throw new IOException(rest);
      default -> throw new IOException("no answer of Redis's: " + head);
    };
  }

  private String list(String announced) throws IOException {
    StringJoiner lines = new StringJoiner("\n");
    for (int left = Integer.parseInt(announced); left > 0; left--) {
      lines.add(answer());
    }
    return lines.toString();
  }

  private @Nullable String bulk(String announced) throws IOException {
    int length = Integer.parseInt(announced);
    if (length < 0) {
      return null;
    }
    if (length > MAX_ANSWER_BYTES) {
      throw new IOException(
          "an answer of " + length + " bytes, expected " + MAX_ANSWER_BYTES + " at most");
    }
    byte[] content = answers.readNBytes(length + 2);
    if (content.length < length + 2) {
      throw new EOFException("the server has closed the connection");
    }
    return new String(content, 0, length, StandardCharsets.UTF_8);
  }

  private String line() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int next = answers.read(); next != '\n'; next = answers.read()) {
      if (next < 0) {
        throw new EOFException("the server has closed the connection");
      }
      if (line.size() > MAX_ANSWER_BYTES) {
        throw new IOException("a line of more than " + MAX_ANSWER_BYTES + " bytes");
      }
      line.write(next);
    }
    String text = line.toString(StandardCharsets.UTF_8).strip();
    if (text.isEmpty()) {
      throw new IOException("an empty line, expected an answer of Redis's");
    }
    return text;
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
