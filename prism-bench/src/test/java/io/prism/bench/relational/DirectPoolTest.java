package io.prism.bench.relational;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariConfig;
import org.junit.jupiter.api.Test;

final class DirectPoolTest {

  @Test
  void readsAsTheReaderServiceIsConfiguredTo() {
    HikariConfig config = DirectPool.forReading();

    assertThat(config.getMaximumPoolSize()).isEqualTo(16);
    assertThat(config.isReadOnly()).isTrue();
    assertThat(config.isAutoCommit()).isTrue();
    assertThat(config.getTransactionIsolation()).isEqualTo("TRANSACTION_REPEATABLE_READ");
    assertThat(config.getDataSourceProperties())
        .containsEntry("ApplicationName", "prism-reader-svc");
  }

  @Test
  void writesOverAsManyConnectionsAsTheTransactServiceHasForWrite() {
    HikariConfig config = DirectPool.forStatements();

    assertThat(config.getMaximumPoolSize()).isEqualTo(10);
    assertThat(config.isAutoCommit()).isTrue();
    assertThat(config.getTransactionIsolation()).isEqualTo("TRANSACTION_SERIALIZABLE");
    assertThat(config.getDataSourceProperties())
        .containsEntry("ApplicationName", "prism-transact-svc");
    assertThat(DirectPool.forReadCommitted().getMaximumPoolSize()).isEqualTo(10);
    assertThat(DirectPool.forReadCommitted().getTransactionIsolation())
        .isEqualTo("TRANSACTION_READ_COMMITTED");
  }

  @Test
  void hasAConnectionForEachTransactionThatIsDeployedToBeOpen() {
    HikariConfig config = DirectPool.forTransactions();

    assertThat(config.getMaximumPoolSize()).isEqualTo(16);
    assertThat(config.isAutoCommit()).isFalse();
    assertThat(config.getTransactionIsolation()).isEqualTo("TRANSACTION_SERIALIZABLE");
  }
}
