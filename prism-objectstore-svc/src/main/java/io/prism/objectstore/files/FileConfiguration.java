package io.prism.objectstore.files;

import io.prism.starter.backend.BackendGuard;
import io.prism.starter.backend.BackendGuards;
import io.prism.starter.observe.BackendProbe;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import javax.sql.DataSource;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.transaction.PlatformTransactionManager;

/** Makes the store over files, whose repository is nobody else's business. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnProperty(name = "prism.objectstore.store", havingValue = "files")
class FileConfiguration {

  private static final int PROBE_SECONDS = 3;

  @Bean
  SignedUrls signedUrls(FileSettings settings) {
    return new SignedUrls(settings.publicEndpoint(), settings.urlKey(), Clock.systemUTC());
  }

  @Bean
  FileObjectStore objectStore(
      ObjectRows rows,
      PlatformTransactionManager transactions,
      BackendGuards guards,
      FileSettings settings,
      SignedUrls urls)
      throws IOException {
    BackendGuard guard = guards.guard("postgresql", ObjectIndex::isOutage);
    return new FileObjectStore(
        new ObjectIndex(rows, transactions, guard),
        new BlobFolder(settings.folder()),
        urls,
        Clock.systemUTC());
  }

  @Bean
  SignedUrlServlet signedUrlServlet(FileObjectStore store, SignedUrls urls) {
    return new SignedUrlServlet(store, urls);
  }

  @Bean
  BackendProbe postgresqlProbe(DataSource dataSource) {
    return BackendProbe.of("postgresql", () -> ask(dataSource));
  }

  private static void ask(DataSource dataSource) throws SQLException {
    try (Connection connection = dataSource.getConnection();
        Statement statement = connection.createStatement()) {
      statement.setQueryTimeout(PROBE_SECONDS);
      statement.execute("select 1");
    }
  }
}
