package io.prism.objectstore;

import static io.prism.objectstore.testing.Client.first;
import static io.prism.objectstore.testing.Client.listing;
import static io.prism.starter.testing.Failures.failsWith;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.prism.objectstore.domain.ObjectStoreReason;
import io.prism.objectstore.testing.Client;
import io.prism.objectstore.testing.Fixture;
import io.prism.objectstore.testing.S3Stand;
import io.prism.objectstore.v1.HttpMethod;
import io.prism.starter.error.CallReason;
import io.prism.starter.testing.Await;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The ways in which S3 can be used. */
class S3SettingsTest {

  private static S3Stand s3;

  @BeforeAll
  static void start() {
    s3 = new S3Stand();
  }

  @AfterAll
  static void stop() {
    s3.close();
  }

  private static Fixture with(String... properties) {
    List<String> all = new ArrayList<>(s3.properties());
    all.addAll(List.of(properties));
    return new Fixture(false, all);
  }

  @Test
  void everyNamespaceMayHaveABucketOfItsOwn() {
    try (Fixture fixture =
        with(
            "prism.objectstore.s3.bucket=own",
            "prism.objectstore.s3.bucket-per-namespace=true",
            "prism.objectstore.sweep.interval=100ms")) {
      Client one = fixture.client();
      Client other = fixture.client();
      assertThat(one.keys()).isEmpty();
      one.put("k", "one");
      one.put(first("short").setTtlSeconds(1), ByteString.copyFromUtf8("x"));
      other.put("k", "other");
      assertThat(one.get("k").toStringUtf8()).isEqualTo("one");
      Await.until(
          "the sweep", () -> s3.keys("own-" + one.namespace(), "").equals(List.of("things/k")));
      assertThat(one.keys()).containsExactly("k");
      assertThat(s3.keys("own-" + other.namespace(), "")).containsExactly("things/k");
    }
  }

  @Test
  void checksumsOfTheSdkMayBeUsedThroughout() {
    try (Fixture fixture = with("prism.objectstore.s3.checksums=when_supported")) {
      Client client = fixture.client();
      ByteString large = ObjectStoreContract.random(20 * 1024 * 1024);
      client.put("small", "x");
      client.put("large", large);
      assertThat(client.get("small").toStringUtf8()).isEqualTo("x");
      assertThat(client.get("large")).isEqualTo(large);
      assertThat(client.list(listing()).getObjectsCount()).isEqualTo(2);
    }
  }

  @Test
  void presignedUrlsNameThePublicEndpoint() {
    try (Fixture fixture =
        with("prism.objectstore.s3.public-endpoint=https://objects.example.com")) {
      Client client = fixture.client();
      client.put("a b", "x");
      assertThat(client.sign("a b", HttpMethod.HTTP_METHOD_GET, "").getUrl())
          .startsWith("https://objects.example.com/prism/" + client.namespace() + "/things/a%20b?");
    }
  }

  @Test
  void wrongCredentialsAreTheOperatorsAffair() {
    try (Fixture fixture = with("prism.objectstore.s3.secret-key=wrong")) {
      Client client = fixture.client();
      failsWith(ObjectStoreReason.STORE_MISCONFIGURED, () -> client.put("k", "x"));
      failsWith(ObjectStoreReason.STORE_MISCONFIGURED, () -> client.get("k"));
      failsWith(ObjectStoreReason.STORE_MISCONFIGURED, () -> client.list(listing()));
    }
  }

  @Test
  void aKeyForWhichS3HasNoRoomIsRefusedWithTheLimit() {
    try (Fixture fixture = with()) {
      Client client = fixture.client();
      int room = 1024 - (client.namespace() + "/things/").length();
      // Segments, since what stands in for S3 makes files of them.
      String key = "x".repeat(200).concat("/").repeat(5).substring(0, room - 1) + "y";
      client.put(key, "x");
      assertThat(client.keys()).containsExactly(key);
      failsWith(CallReason.LIMIT_EXCEEDED, () -> client.put(key + "z", "x"));
      failsWith(
          CallReason.LIMIT_EXCEEDED,
          () -> client.put(first(key).setTtlSeconds(100), ByteString.EMPTY));
    }
  }
}
