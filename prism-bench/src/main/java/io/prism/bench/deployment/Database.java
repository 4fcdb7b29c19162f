package io.prism.bench.deployment;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;

/**
 * The database of all services over PostgreSQL, as an application would connect to it.
 *
 * @param url for JDBC
 */
public record Database(String url, String user, String password) {

  /** A connection in autocommit mode. */
  public Connection connect() throws SQLException {
    return DriverManager.getConnection(url, user, password);
  }

  @Override
  public String toString() {
    return url;
  }
}
