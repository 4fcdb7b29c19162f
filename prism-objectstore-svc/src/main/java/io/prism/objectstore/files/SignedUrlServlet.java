package io.prism.objectstore.files;

import io.grpc.Status;
import io.prism.objectstore.domain.NewObject;
import io.prism.objectstore.domain.ObjectRules;
import io.prism.objectstore.domain.PutResult;
import io.prism.objectstore.domain.StoredObject;
import io.prism.objectstore.domain.UrlRequest;
import io.prism.starter.error.PrismException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.EOFException;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.NoSuchFileException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Does what signed URLs allow, over HTTP. */
public final class SignedUrlServlet extends HttpServlet {

  /** Where it is to be found. */
  public static final String PATH = SignedUrls.PATH;

  private static final long serialVersionUID = 1;
  private static final Logger log = LoggerFactory.getLogger(SignedUrlServlet.class);
  private static final int MAX_CONCURRENT = 64;

  private final transient FileObjectStore store;
  private final transient SignedUrls urls;
  private final transient Semaphore room = new Semaphore(MAX_CONCURRENT);

  SignedUrlServlet(FileObjectStore store, SignedUrls urls) {
    this.store = store;
    this.urls = urls;
  }

  @Override
  protected void service(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    Optional<UrlRequest> allowed = urls.verify(request::getParameter);
    if (allowed.isEmpty() || !allowed.get().method().name().equals(request.getMethod())) {
      refuse(response, HttpServletResponse.SC_FORBIDDEN, "this URL does not work, or not any more");
      return;
    }
    if (!room.tryAcquire()) {
      refuse(response, HttpServletResponse.SC_SERVICE_UNAVAILABLE, "too busy, try again later");
      return;
    }
    try {
      serve(allowed.get(), request, response);
    } catch (PrismException e) {
      refuse(response, status(e), e.description());
    } catch (RuntimeException | NoSuchFileException e) {
      log.error("a request by a signed URL failed", e);
      refuse(response, HttpServletResponse.SC_INTERNAL_SERVER_ERROR, "internal error");
    } finally {
      room.release();
    }
  }

  private void serve(UrlRequest url, HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    switch (url.method()) {
      case GET -> get(url, request, response);
      case PUT -> put(url, request, response);
      case DELETE -> {
        store.deleteNow(url.name());
        response.setStatus(HttpServletResponse.SC_NO_CONTENT);
      }
    }
  }

  private void get(UrlRequest url, HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    FileObjectStore.Opened opened = store.open(url.name());
    try (FileChannel file = opened.file()) {
      StoredObject object = opened.object();
      String etag = "\"" + object.etag() + "\"";
      Optional<HttpRange> range = range(request, etag, object.size());
      if (range.isPresent() && !range.get().isSatisfiable()) {
        refuse(
            response,
            HttpServletResponse.SC_REQUESTED_RANGE_NOT_SATISFIABLE,
            "no such bytes (expected: a range that begins before %d)".formatted(object.size()),
            Map.of("Content-Range", range.get().contentRange()));
        return;
      }
      HttpRange part = range.orElse(new HttpRange(0, object.size(), object.size()));
      if (range.isPresent()) {
        response.setStatus(HttpServletResponse.SC_PARTIAL_CONTENT);
        response.setHeader("Content-Range", part.contentRange());
      }
      response.setContentType(object.contentType());
      response.setContentLengthLong(part.end() - part.start());
      response.setHeader("Accept-Ranges", "bytes");
      response.setHeader("ETag", etag);
      // What somebody stored is no page of this server's.
      response.setHeader("X-Content-Type-Options", "nosniff");
      response.setHeader("Content-Security-Policy", "sandbox");
      send(file, part, Channels.newChannel(response.getOutputStream()));
    }
  }

  /** A part of another version than the client has would be of no use to it. */
  private static Optional<HttpRange> range(HttpServletRequest request, String etag, long size) {
    String known = request.getHeader("If-Range");
    return known == null || known.equals(etag)
        ? HttpRange.of(request.getHeader("Range"), size)
        : Optional.empty();
  }

  private static void send(FileChannel file, HttpRange part, WritableByteChannel target)
      throws IOException {
    long sent = part.start();
    while (sent < part.end()) {
      long more = file.transferTo(sent, part.end() - sent, target);
      if (more <= 0) {
        throw new EOFException("a file ends at %d (expected: %d)".formatted(sent, part.size()));
      }
      sent += more;
    }
  }

  private void put(UrlRequest url, HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    String sent = request.getContentType();
    String type = sent == null ? "" : sent;
    if (!url.contentType().isEmpty() && !url.contentType().equals(type)) {
      refuse(
          response,
          HttpServletResponse.SC_FORBIDDEN,
          "another content type (expected: " + url.contentType() + ")");
      return;
    }
    NewObject object =
        new NewObject(
            url.name(),
            ObjectRules.contentType(type),
            Map.of(),
            url.objectExpiresAt(),
            null,
            false);
    PutResult stored = store.receive(object, request.getInputStream(), url.maxBytes());
    response.setHeader("ETag", "\"" + stored.etag() + "\"");
  }

  private static int status(PrismException failure) {
    Status.Code code = failure.reason().code();
    return switch (code) {
      case NOT_FOUND -> HttpServletResponse.SC_NOT_FOUND;
      case RESOURCE_EXHAUSTED -> HttpServletResponse.SC_REQUEST_ENTITY_TOO_LARGE;
      case INVALID_ARGUMENT -> HttpServletResponse.SC_BAD_REQUEST;
      default -> HttpServletResponse.SC_SERVICE_UNAVAILABLE;
    };
  }

  private static void refuse(HttpServletResponse response, int status, String why)
      throws IOException {
    refuse(response, status, why, Map.of());
  }

  private static void refuse(
      HttpServletResponse response, int status, String why, Map<String, String> headers)
      throws IOException {
    if (response.isCommitted()) {
      return;
    }
    response.reset();
    headers.forEach(response::setHeader);
    response.setStatus(status);
    response.setContentType("text/plain;charset=utf-8");
    response.getWriter().println(why);
  }
}
