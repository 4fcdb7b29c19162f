package io.prism.bench.objectstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.prism.bench.client.PrismClient;
import io.prism.bench.deployment.Deployed;
import io.prism.bench.deployment.Deployment;
import io.prism.bench.load.ClosedLoop;
import io.prism.bench.load.Operation;
import io.prism.bench.load.WorkNotDone;
import io.prism.bench.scenario.Bench;
import io.prism.bench.scenario.Effort;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import software.amazon.awssdk.core.async.AsyncRequestBody;
import software.amazon.awssdk.core.async.AsyncResponseTransformer;
import software.amazon.awssdk.services.s3.S3AsyncClient;

/** That both sides do the same work, and tell when it was not done. */
@ExtendWith(Deployed.class)
final class ObjectsIT {
  private static final ObjectSize SIZE = ObjectSize.SMALL;
  private static final String S3_BUCKET = "prism";
  private static final String S3_KEY =
      PrismClient.NAMESPACE + "/" + PrismObjects.BUCKET + "/" + SIZE.key(0);

  private final Bench bench;
  private S3AsyncClient s3;
  private PrismObjects objects;

  ObjectsIT(Deployment deployment) {
    bench = new Bench(deployment, new Effort(1, Duration.ZERO, Duration.ofMillis(100), 100, 2_000));
  }

  @BeforeEach
  void connect() throws InterruptedException {
    s3 = bench.closeLater(DirectObjects.connect(bench.deployment().s3()));
    objects = new PrismObjects(bench, SIZE);
    once(objects::put);
  }

  @AfterEach
  void disconnect() {
    bench.close();
  }

  @Test
  void whatIsPutThroughPrismIsInS3() {
    assertThat(
            s3.getObject(
                    get -> get.bucket(S3_BUCKET).key(S3_KEY), AsyncResponseTransformer.toBytes())
                .join()
                .asByteArray())
        .isEqualTo(SIZE.content());
  }

  @Test
  void anObjectThatIsShorterThanItWasStoredFailsTheRound() {
    s3.putObject(put -> put.bucket(S3_BUCKET).key(S3_KEY), AsyncRequestBody.fromString("short"))
        .join();

    assertThatThrownBy(() -> once(new PrismObjects(bench, SIZE)::get))
        .isInstanceOf(WorkNotDone.class)
        .hasMessageContaining("5 bytes, expected 65536");
  }

  private static void once(Operation operation) throws InterruptedException {
    var _ = new ClosedLoop(1, new ClosedLoop.Limit(Duration.ofMinutes(1), 1), operation).round();
  }
}
