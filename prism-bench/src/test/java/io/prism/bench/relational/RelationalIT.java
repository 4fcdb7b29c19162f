package io.prism.bench.relational;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.prism.bench.client.StreamingCall;
import io.prism.bench.deployment.Deployed;
import io.prism.bench.deployment.Deployment;
import io.prism.bench.deployment.Service;
import io.prism.bench.load.ClosedLoop;
import io.prism.bench.load.Operation;
import io.prism.bench.load.WorkNotDone;
import io.prism.bench.scenario.Bench;
import io.prism.bench.scenario.Effort;
import io.prism.reader.v1.QueryRequest;
import io.prism.reader.v1.ReaderServiceGrpc;
import io.prism.reader.v1.Row;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(Deployed.class)
final class RelationalIT {
  private static final Effort TINY =
      new Effort(1, Duration.ZERO, Duration.ofMillis(100), 100, 2_000);

  private final Bench bench;
  private BenchTable table;

  RelationalIT(Deployment deployment) {
    bench = new Bench(deployment, TINY);
  }

  @BeforeEach
  void createTable() throws Exception {
    table = BenchTable.create(bench, "relational-it");
  }

  @AfterEach
  void dropTable() {
    bench.close();
  }

  @Test
  void workWithJdbcIsCommittedWhenItIsDone() throws Exception {
    NewOrders orders = new NewOrders(table);
    DataSource pool = DirectPool.open(bench, DirectPool.forTransactions());

    once(
        new JdbcOperation(
            pool, new Quota(1), connection -> orders.insert(connection, orders.next())));

    assertThat(count()).isEqualTo(2_001);
  }

  @Test
  void workWithJdbcThatYieldsLessThanExpectedFails() throws Exception {
    DataSource pool = DirectPool.open(bench, DirectPool.forReading());

    assertThatThrownBy(() -> once(new JdbcOperation(pool, new Quota(2), connection -> 1)))
        .isInstanceOf(WorkNotDone.class)
        .hasMessageContaining("1 rows, expected 2");
  }

  @Test
  void aStreamThatEndsBeforeAllOfItsRowsHaveComeFails() throws Exception {
    StreamingCall<QueryRequest, Row> call =
        new StreamingCall<>(
            bench.client(Service.READER).channel(),
            ReaderServiceGrpc.getQueryMethod(),
            row -> 1,
            new Quota(BenchTable.ROWS_PER_CUSTOMER + 1)::defect);
    QueryRequest request =
        QueryRequest.newBuilder()
            .setCollection(table.name())
            .setFilter(ByCustomer.filter(3))
            .build();

    assertThatThrownBy(() -> once(attempt -> call.start(request, attempt)))
        .isInstanceOf(WorkNotDone.class)
        .hasMessageContaining("200 rows, expected 201");
  }

  private static void once(Operation operation) throws InterruptedException {
    var _ = new ClosedLoop(1, new ClosedLoop.Limit(Duration.ofMinutes(1), 1), operation).round();
  }

  private long count() throws SQLException {
    try (Connection connection = table.database().connect();
        Statement statement = connection.createStatement();
        ResultSet count = statement.executeQuery("select count(*) from " + table.stored())) {
      count.next();
      return count.getLong(1);
    }
  }
}
