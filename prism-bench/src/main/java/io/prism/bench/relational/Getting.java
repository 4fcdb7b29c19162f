package io.prism.bench.relational;

import com.zaxxer.hikari.HikariDataSource;
import io.prism.bench.client.UnaryCall;
import io.prism.bench.deployment.Service;
import io.prism.bench.load.Operation;
import io.prism.bench.scenario.Bench;
import io.prism.reader.v1.GetRequest;
import io.prism.reader.v1.GetResponse;
import io.prism.reader.v1.ReaderServiceGrpc;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.util.Random;

/** One row at a time by its id, in both ways. */
final class Getting {
  private static final int SEED = 1;
  private static final Quota ONE = new Quota(1);

  private Getting() {}

  /** Get of any row. */
  static Operation throughPrism(Bench bench, BenchTable table) throws InterruptedException {
    UnaryCall<GetRequest, GetResponse> call =
        new UnaryCall<>(
            bench.client(Service.READER).channel(),
            ReaderServiceGrpc.getGetMethod(),
            answer -> ONE.defect(rows(answer)));
    Random ids = new Random(SEED);
    return attempt ->
        call.start(
            GetRequest.newBuilder()
                .setCollection(table.name())
                .setId(Integer.toString(1 + ids.nextInt(table.rows())))
                .build(),
            attempt);
  }

  private static int rows(GetResponse answer) {
    return answer.getFound() && answer.getRow().getFieldsCount() == Order.WIDTH ? 1 : 0;
  }

  /** A select of any row. */
  static Operation directly(Bench bench, BenchTable table) throws InterruptedException {
    String select = "select %s from %s where id = ?".formatted(Order.COLUMNS, table.stored());
    Random ids = new Random(SEED);
    HikariDataSource pool = DirectPool.open(bench, DirectPool.forReading());
    return new JdbcOperation(
        pool,
        ONE,
        connection -> {
          long id = 1L + ids.nextInt(table.rows());
          try (PreparedStatement statement = connection.prepareStatement(select)) {
            statement.setLong(1, id);
            try (ResultSet row = statement.executeQuery()) {
              return row.next() && Order.of(row).id() == id ? 1 : 0;
            }
          }
        });
  }
}
