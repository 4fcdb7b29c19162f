package io.prism.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class MigrationsTest {

  @TempDir Path data;

  @Test
  void aNewDataFolderGetsTheShopInTheNamespaceDefault() throws IOException {
    Path folder = Migrations.in(data);

    assertThat(Files.readString(folder.resolve("default/V1__shop.sql")))
        .contains("CREATE TABLE users", "CREATE TABLE products", "CREATE TABLE orders");
  }

  @Test
  void whatTheUserMadeOfTheFolderStays() throws IOException {
    Path shop = Migrations.in(data).resolve("default/V1__shop.sql");
    Files.delete(shop);

    assertThat(Migrations.in(data)).isEqualTo(data.resolve("migrations"));
    assertThat(shop).doesNotExist();
  }
}
