package io.prism.local;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The folder with the SQL files that make the tables of each namespace: {@code
 * migrations/<namespace>/V1__name.sql}. It is the user's; when there is none, it is made with a
 * small shop to try things with.
 */
final class Migrations {

  private static final String FOLDER = "migrations";
  private static final String NAMESPACE = "default";
  private static final String SHOP = "V1__shop.sql";

  private Migrations() {}

  static Path in(Path data) {
    Path folder = data.resolve(FOLDER);
    if (Files.exists(folder)) {
      return folder;
    }
    try (InputStream shop = Migrations.class.getResourceAsStream("/shop/" + SHOP)) {
      if (shop == null) {
        throw new IllegalStateException("no " + SHOP + " on the class path");
      }
      Path namespace = Files.createDirectories(folder.resolve(NAMESPACE));
      Files.copy(shop, namespace.resolve(SHOP));
      return folder;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
