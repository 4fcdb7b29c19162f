package io.prism.objectstore.testing;

import io.prism.objectstore.v1.PresignedURLResponse;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** A plain client of HTTP. */
public final class Http {

  private static final HttpClient CLIENT =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private Http() {}

  /** Sends a request to a URL, with the headers that go with it and others. */
  public static HttpResponse<String> send(
      PresignedURLResponse url, String method, BodyPublisher body, Map<String, String> headers)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(url.getUrl())).method(method, body);
    url.getHeadersMap().forEach(request::header);
    headers.forEach(request::header);
    return CLIENT.send(request.build(), BodyHandlers.ofString(StandardCharsets.UTF_8));
  }
}
