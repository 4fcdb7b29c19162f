package io.prism.objectstore;

import io.prism.objectstore.domain.UploadMemory;
import io.prism.objectstore.testing.Client;
import io.prism.objectstore.testing.Fixture;
import io.prism.objectstore.testing.S3Stand;
import io.prism.starter.testing.Await;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** Over S3's protocol, as s3proxy speaks it. */
class S3ProxyTest extends ObjectStoreContract {

  private static S3Stand s3;
  private static Fixture fixture;

  @BeforeAll
  static void start() {
    s3 = new S3Stand();
    List<String> properties = new ArrayList<>(s3.properties());
    properties.add("prism.objectstore.upload.part-size=5MB");
    fixture = new Fixture(false, properties);
  }

  @AfterAll
  static void stop() {
    fixture.close();
    s3.close();
  }

  @Override
  Fixture fixture() {
    return fixture;
  }

  @Override
  void assertNothingIsLeft() {
    UploadMemory memory = fixture.context().getBean(UploadMemory.class);
    Await.until("the end of all uploads", () -> memory.inUse() == 0);
    Await.until(
        "no upload in S3",
        () ->
            !s3.blobs().containerExists("prism")
                || s3.blobs().listMultipartUploads("prism").isEmpty());
    Await.until("the end of all calls", () -> fixture.server().inFlight().streams() == 0);
  }

  @Override
  void fill(Client client, int count) {
    s3.createBucket("prism");
    for (int i = 0; i < count; i++) {
      s3.putPastTheProtocol(
          "prism", "%s/%s/dir-%02d/%05d".formatted(client.namespace(), Client.BUCKET, i % 100, i));
    }
  }
}
