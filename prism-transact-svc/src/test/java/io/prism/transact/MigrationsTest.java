package io.prism.transact;

import static io.prism.transact.testing.Client.insert;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.prism.starter.error.CallReason;
import io.prism.starter.testing.Failures;
import io.prism.starter.testing.PostgresFixture;
import io.prism.starter.testing.PostgresFixture.Database;
import io.prism.transact.domain.TransactReason;
import io.prism.transact.testing.Client;
import io.prism.transact.testing.TransactFixture;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

@ExtendWith(OutputCaptureExtension.class)
final class MigrationsTest {

  private final Database database = PostgresFixture.database();

  @TempDir private Path folder;

  private void file(String namespace, String name, String sql) throws IOException {
    Files.createDirectories(folder.resolve(namespace));
    Files.writeString(folder.resolve(namespace).resolve(name), sql);
  }

  private TransactFixture service() {
    return TransactFixture.on(database, "prism.transact.migrations=" + folder);
  }

  @Test
  void eachNamespaceGetsTheTablesOfItsFolder() throws IOException {
    file("shop", "V1__orders.sql", "create table orders (id int primary key);");
    file("shop", "V2__notes.sql", "alter table orders add column note text;");
    file("web-shop", "V1__orders.sql", "create table orders (code text primary key);");
    file("..data", "V1__nothing.sql", "not sql");
    try (TransactFixture service = service()) {
      service.client("shop").write(insert("orders", "id", 1, "note", "x"));
      service.client("web-shop").write(insert("orders", "code", "a"));
      Client shop = service.client("shop");
      Failures.failsWith(
          TransactReason.TABLE_NOT_FOUND,
          () -> shop.write(insert("flyway_schema_history", "rank", 1)));
      assertThat(service.meters().get("prism.transact.migrations.failed").gauge().value()).isZero();
    }
    file("shop", "V3__color.sql", "alter table orders add column color text;");
    try (TransactFixture service = service()) {
      service.client("shop").write(insert("orders", "id", 2, "color", "red"));
      assertThat(service.query("shop", "select id from orders order by id"))
          .containsExactly("1", "2");
    }
  }

  @Test
  void aMountedConfigMapIsReadOnceAlthoughItsFilesAreThereTwice() throws IOException {
    Path shop = Files.createDirectories(folder.resolve("shop"));
    Path version = Files.createDirectories(shop.resolve("..2026_11_26"));
    Files.writeString(
        version.resolve("V1__orders.sql"), "create table orders (id int primary key);");
    Files.createSymbolicLink(shop.resolve("..data"), version.getFileName());
    Files.createSymbolicLink(
        shop.resolve("V1__orders.sql"), Path.of("..data").resolve("V1__orders.sql"));
    try (TransactFixture service = service()) {
      service.client("shop").write(insert("orders", "id", 1));
      assertThat(service.meters().get("prism.transact.migrations.failed").gauge().value()).isZero();
    }
  }

  @Test
  void aBrokenMigrationEndsTheStartWhereMigrationsAreRequired() throws IOException {
    file("broken", "V1__bad.sql", "not sql");
    assertThatThrownBy(
            () ->
                TransactFixture.on(
                        database,
                        "prism.transact.migrations=" + folder,
                        "prism.transact.migrations-required=true")
                    .close())
        .hasStackTraceContaining("prism.transact.migrations-required is set");
  }

  @Test
  void aBrokenMigrationIsNamedAndLeavesItsNamespaceAsItWasAndTheOthersAlone(CapturedOutput output)
      throws IOException {
    file("broken", "V1__good.sql", "create table orders (id int primary key);");
    file(
        "broken",
        "V2__bad.sql",
        "create table more (id int); alter table nothing add column x int;");
    file("fine", "V1__orders.sql", "create table orders (id int primary key);");
    file("No_Namespace", "V1__orders.sql", "create table orders (id int primary key);");
    try (TransactFixture service = service()) {
      service.client("fine").write(insert("orders", "id", 1));
      Client broken = service.client("broken");
      broken.write(insert("orders", "id", 1));
      Failures.failsWith(
          TransactReason.TABLE_NOT_FOUND, () -> broken.write(insert("more", "id", 1)));
      assertThat(broken.send("box", "x").getMailboxResult().getSequence()).isOne();
      assertThat(service.meters().get("prism.transact.migrations.failed").gauge().value())
          .isEqualTo(2);
    }
    assertThat(output).contains("namespace broken is not up to date").contains("V2__bad.sql");
    assertThat(output).contains("'No_Namespace' is not the name of a namespace");
  }

  @Test
  void replicasThatStartAtOnceMigrateOnce() throws Exception {
    for (String namespace : List.of("one", "two", "three")) {
      file(
          namespace,
          "V1__orders.sql",
          "create table orders (id int primary key); select pg_sleep(0.05);");
    }
    try (ExecutorService threads = Executors.newFixedThreadPool(3)) {
      List<Future<TransactFixture>> starting =
          IntStream.range(0, 3).mapToObj(i -> threads.submit(this::service)).toList();
      int id = 0;
      for (Future<TransactFixture> replica : starting) {
        try (TransactFixture service = replica.get()) {
          service.client("three").write(insert("orders", "id", id++));
          assertThat(service.meters().get("prism.transact.migrations.failed").gauge().value())
              .isZero();
        }
      }
    }
  }

  @Test
  void aNamespaceOfSixtyFourCharactersHasASchemaOfItsOwn() throws IOException {
    String one = "a".repeat(63) + "1";
    String other = "a".repeat(63) + "2";
    file(one, "V1__orders.sql", "create table orders (id int primary key);");
    file(other, "V1__items.sql", "create table items (id int primary key);");
    try (TransactFixture service = service()) {
      service.client(one).write(insert("orders", "id", 1));
      Client second = service.client(other);
      second.write(insert("items", "id", 1));
      Failures.failsWith(
          TransactReason.TABLE_NOT_FOUND, () -> second.write(insert("orders", "id", 1)));
      Failures.failsWith(CallReason.INVALID_ARGUMENT, () -> second.write(insert("items", "x", 1)));
    }
  }
}
