package io.prism.session.postgres;

import io.prism.session.domain.PageRequest;
import io.prism.session.domain.Rights;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Builds a {@code where} clause with named parameters. */
final class Conditions {

  private final StringBuilder sql;
  private final Map<String, Object> params = new LinkedHashMap<>();

  Conditions(String first) {
    this.sql = new StringBuilder(first);
  }

  /** Adds a clause whose {@code ?} stand for the values. */
  Conditions and(String clause, Object... values) {
    sql.append(" and ");
    int next = 0;
    for (int i = 0; i < clause.length(); i++) {
      char c = clause.charAt(i);
      if (c == '?') {
        sql.append(':').append(bind(values[next++]));
      } else {
        sql.append(c);
      }
    }
    return this;
  }

  Conditions and(String clause, Optional<?> value) {
    value.ifPresent(present -> and(clause, present));
    return this;
  }

  /** Only rows whose {@code column}, a namespace, is visible. */
  Conditions visible(String column, Rights rights) {
    if (!rights.allowEveryNamespace()) {
      and(
          column + " = any(cast(? as text[]))",
          (Object) rights.namespaces().toArray(String[]::new));
    }
    return this;
  }

  /** Only rows after the page before. */
  Conditions after(String clause, PageRequest page) {
    List<String> key = page.after();
    return key.isEmpty() ? this : and(clause, key.toArray());
  }

  private String bind(Object value) {
    String name = "p" + params.size();
    params.put(name, value);
    return name;
  }

  String sql() {
    return sql.toString();
  }

  Map<String, Object> params() {
    return params;
  }
}
