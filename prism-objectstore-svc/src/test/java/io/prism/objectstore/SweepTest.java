package io.prism.objectstore;

import static io.prism.objectstore.testing.Client.first;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.prism.objectstore.testing.Client;
import io.prism.objectstore.testing.FilesStand;
import io.prism.objectstore.testing.Fixture;
import io.prism.objectstore.testing.S3Stand;
import io.prism.starter.testing.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What has expired or is left over goes away, also after a restart. */
class SweepTest {

  private static List<String> sweeping(List<String> properties) {
    List<String> all = new ArrayList<>(properties);
    all.add("prism.objectstore.sweep.interval=100ms");
    return all;
  }

  @Test
  void inS3() {
    try (S3Stand s3 = new S3Stand()) {
      String namespace = Fixture.newNamespace();
      try (Fixture fixture = new Fixture(false, s3.properties())) {
        Client client = fixture.client(namespace);
        client.put(first("dir/ short!").setTtlSeconds(1), ByteString.copyFromUtf8("x"));
        client.put(first("again").setTtlSeconds(1), ByteString.copyFromUtf8("x"));
        client.put(first("again").setTtlSeconds(9000), ByteString.copyFromUtf8("y"));
        client.put(first("forever").setTtlSeconds(1), ByteString.copyFromUtf8("x"));
        client.put("forever", "y");
      }
      assertThat(s3.keys("prism", namespace)).hasSize(3);
      s3.leaveUpload("prism", namespace + "/things/left");
      List<String> properties = sweeping(s3.properties());
      properties.add("prism.objectstore.sweep.leftover-age=1ms");
      try (Fixture fixture = new Fixture(false, properties)) {
        Await.until(
            "an end of what has expired",
            () ->
                s3.keys("prism", namespace)
                    .equals(List.of(namespace + "/things/again", namespace + "/things/forever")));
        Await.until(
            "an end of their markers",
            () -> s3.keys("prism", ".prism/ttl/" + namespace).size() == 1);
        Await.until("an end of uploads", () -> s3.uploads().isEmpty());
        Client client = fixture.client(namespace);
        assertThat(client.get("again").toStringUtf8()).isEqualTo("y");
        assertThat(client.get("forever").toStringUtf8()).isEqualTo("y");
      }
    }
  }

  @Test
  void ofFiles() throws IOException {
    FilesStand stand = new FilesStand();
    String namespace = Fixture.newNamespace();
    try (Fixture fixture = new Fixture(false, stand.properties())) {
      Client client = fixture.client(namespace);
      client.put(first("short").setTtlSeconds(1), ByteString.copyFromUtf8("x"));
      client.put("forever", "y");
    }
    assertThat(stand.blobs()).hasSize(2);
    FileTime longAgo = FileTime.from(Instant.now().minusSeconds(100_000));
    Files.writeString(stand.folder().resolve("incomplete").resolve("of-a-crash"), "x");
    Files.setLastModifiedTime(stand.folder().resolve("incomplete").resolve("of-a-crash"), longAgo);
    Files.createDirectories(stand.folder().resolve("blobs").resolve("no"));
    Files.writeString(stand.folder().resolve("blobs").resolve("no").resolve("nobodys"), "x");
    Files.setLastModifiedTime(
        stand.folder().resolve("blobs").resolve("no").resolve("nobodys"), longAgo);
    Files.writeString(stand.folder().resolve("incomplete").resolve("being-written"), "x");
    try (Fixture fixture = new Fixture(false, sweeping(stand.properties()))) {
      Await.until("an end of what has expired", () -> stand.blobs().size() == 1);
      Await.until("an end of what a crash left", () -> stand.incomplete().size() == 1);
      assertThat(stand.incomplete().getFirst()).hasFileName("being-written");
      assertThat(fixture.client(namespace).get("forever").toStringUtf8()).isEqualTo("y");
    }
  }
}
