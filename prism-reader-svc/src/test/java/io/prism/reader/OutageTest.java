package io.prism.reader;

import static io.prism.reader.testing.Requests.read;
import static io.prism.starter.testing.Failures.detail;
import static io.prism.starter.testing.Failures.failsWith;
import static io.prism.starter.testing.Failures.reasonOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.rpc.RetryInfo;
import io.grpc.StatusRuntimeException;
import io.prism.reader.testing.ReaderFixture;
import io.prism.reader.testing.ReaderFixture.Namespace;
import io.prism.reader.testing.SlowClient;
import io.prism.reader.v1.GetRequest;
import io.prism.reader.v1.Page;
import io.prism.reader.v1.ReadRequest;
import io.prism.reader.v1.ReaderServiceGrpc.ReaderServiceBlockingStub;
import io.prism.starter.error.CallReason;
import io.prism.starter.observe.BackendProbe;
import io.prism.starter.testing.Await;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class OutageTest {

  private final ReaderFixture service =
      new ReaderFixture(
          "spring.datasource.hikari.connection-timeout=1000", "prism.backend.open-for=300ms");
  private final Namespace namespace = service.namespace();
  private final ReaderServiceBlockingStub reader = namespace.reader();

  @AfterEach
  void stop() {
    service.close();
  }

  private boolean works() {
    try {
      return reader.get(GetRequest.newBuilder().setCollection("t").setId("1").build()).getFound();
    } catch (StatusRuntimeException e) {
      assertThat(reasonOf(e)).isEqualTo("BACKEND_UNAVAILABLE");
      return false;
    }
  }

  @Test
  void aDatabaseThatIsDownIsUnavailableInBoundedTimeAndComesBackByItself() throws Exception {
    namespace.execute(
        "create table t (id int primary key, body text)",
        "insert into t select n, repeat('x', 1000) from generate_series(1, 10000) n");
    BackendProbe probe = service.context().getBean("postgresqlProbe", BackendProbe.class);
    assertThat(works()).isTrue();
    probe.check();
    SlowClient<ReadRequest, Page> during =
        SlowClient.start(namespace.async()::read, read("t").setPageSize(500).build());
    during.take(1);
    service.database().cutOff();
    long begin = System.nanoTime();
    StatusRuntimeException failure =
        failsWith(
            CallReason.BACKEND_UNAVAILABLE,
            () -> reader.get(GetRequest.newBuilder().setCollection("t").setId("1").build()));
    assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(4));
    assertThat(detail(failure, RetryInfo.class)).isPresent();
    assertThat(failure.getStatus().getDescription()).doesNotContain("postgres", "127.0.0.1");
    assertThatThrownBy(probe::check).isNotNull();
    during.takeAll();
    assertThat(reasonOf(during.failure()))
        .as("a stream that needs the store")
        .isEqualTo("BACKEND_UNAVAILABLE");
    service.database().restore();
    Await.until("calls work", Duration.ofSeconds(20), this::works);
    probe.check();
  }
}
