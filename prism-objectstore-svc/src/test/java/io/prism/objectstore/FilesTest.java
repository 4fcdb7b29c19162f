package io.prism.objectstore;

import static org.assertj.core.api.Assertions.assertThat;

import io.prism.objectstore.domain.UploadMemory;
import io.prism.objectstore.testing.Client;
import io.prism.objectstore.testing.FilesStand;
import io.prism.objectstore.testing.Fixture;
import io.prism.objectstore.testing.Http;
import io.prism.objectstore.v1.HttpMethod;
import io.prism.objectstore.v1.PresignedURLResponse;
import io.prism.starter.testing.Await;
import io.prism.starter.testing.FreePort;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** As files, with the index in PostgreSQL. */
class FilesTest extends ObjectStoreContract {

  private static FilesStand stand;
  private static Fixture fixture;

  @BeforeAll
  static void start() {
    stand = new FilesStand();
    List<String> properties = new ArrayList<>(stand.properties());
    properties.add("prism.objectstore.upload.part-size=5MB");
    int port = FreePort.find();
    properties.add("server.port=" + port);
    properties.add("prism.objectstore.files.public-endpoint=http://127.0.0.1:" + port);
    fixture = new Fixture(true, properties);
  }

  @AfterAll
  static void stop() {
    fixture.close();
  }

  @Override
  Fixture fixture() {
    return fixture;
  }

  @Override
  void assertNothingIsLeft() {
    UploadMemory memory = fixture.context().getBean(UploadMemory.class);
    Await.until("the end of all uploads", () -> memory.inUse() == 0);
    Await.until("the end of all calls", () -> fixture.server().inFlight().streams() == 0);
    Await.until("no incomplete file", () -> stand.incomplete().isEmpty());
  }

  @Override
  void fill(Client client, int count) {
    stand.execute(
        """
        insert into prism_objectstore.object
        select '%s', '%s', 'dir-' || lpad((i %% 100)::text, 2, '0') || '/' || lpad(i::text, 5, '0'),
          gen_random_uuid()::text, 0, '', '', '{}', now(), null
        from generate_series(0, %d) i
        """
            .formatted(client.namespace(), Client.BUCKET, count - 1));
  }

  @Test
  void partsByUrlAreOfTheVersionThatTheClientKnows() throws Exception {
    Client client = fixture.client();
    client.put("k", "0123456789");
    PresignedURLResponse get = client.sign("k", HttpMethod.HTTP_METHOD_GET, "");
    HttpResponse<String> whole = Http.send(get, "GET", BodyPublishers.noBody(), Map.of());
    assertThat(whole.headers().firstValue("accept-ranges")).contains("bytes");
    Map<String, String> request =
        Map.of("Range", "bytes=5-", "If-Range", whole.headers().firstValue("etag").orElseThrow());
    assertThat(Http.send(get, "GET", BodyPublishers.noBody(), request).body()).isEqualTo("56789");

    client.put("k", "abcdefghij");
    HttpResponse<String> changed = Http.send(get, "GET", BodyPublishers.noBody(), request);
    assertThat(changed.statusCode()).isEqualTo(200);
    assertThat(changed.body()).isEqualTo("abcdefghij");
  }

  @Test
  void aRangeThatAnObjectDoesNotHaveIsRefusedWithItsSize() throws Exception {
    Client client = fixture.client();
    client.put("k", "0123456789");
    HttpResponse<String> refused =
        part(client.sign("k", HttpMethod.HTTP_METHOD_GET, ""), "bytes=10-12");
    assertThat(refused.statusCode()).isEqualTo(416);
    assertThat(refused.headers().firstValue("content-range")).contains("bytes */10");
    assertThat(refused.body()).doesNotContain("0123");
  }

  @Test
  void replacedAndDeletedObjectsLeaveNoFiles() {
    Client client = fixture.client();
    client.put("k", "one");
    int before = stand.blobs().size();
    client.put("k", "two");
    assertThat(stand.blobs()).hasSize(before);
    client.delete("k");
    assertThat(stand.blobs()).hasSize(before - 1);
  }

  /** As S3 does, and not its stand-in, which orders by UTF-16. */
  @Test
  void charactersBeyondTheBasicOnesComeLast() {
    Client client = fixture.client();
    List<String> keys = List.of("a", "\uff21", "\uD83D\uDE80");
    keys.reversed().forEach(key -> client.put(key, "x"));
    assertThat(client.keys()).isEqualTo(keys);
  }

  /** As S3 does, and not its stand-in, which keeps files and folders. */
  @Test
  void keysMayLookLikeFilesAndFolders() {
    Client client = fixture.client();
    List<String> keys = List.of("/", "/a", "a", "a/", "a//b", "a/b", "a/b/c");
    keys.forEach(key -> client.put(key, key));
    assertThat(client.keys()).isEqualTo(keys);
    keys.forEach(key -> assertThat(client.get(key).toStringUtf8()).isEqualTo(key));
    assertThat(client.delete("a/b")).isTrue();
    assertThat(client.keys()).containsExactly("/", "/a", "a", "a/", "a//b", "a/b/c");
  }
}
