package io.prism.local.engine;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** What a plain client commits to a table, and finds there again. */
public final class PostgresRows {
  private PostgresRows() {}

  public static void insert(String url, String password, String table, String value)
      throws SQLException {
    try (Connection connection = DriverManager.getConnection(url, "prism", password);
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE TABLE IF NOT EXISTS " + table + " (value text)");
      statement.execute("INSERT INTO " + table + " VALUES ('" + value + "')");
    }
  }

  public static List<String> select(String url, String password, String query) throws SQLException {
    try (Connection connection = DriverManager.getConnection(url, "prism", password);
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(query)) {
      List<String> values = new ArrayList<>();
      while (rows.next()) {
        values.add(rows.getString(1));
      }
      return values;
    }
  }
}
