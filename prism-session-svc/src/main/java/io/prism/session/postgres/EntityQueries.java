package io.prism.session.postgres;

import io.prism.session.domain.PageRequest;
import jakarta.persistence.EntityManager;
import jakarta.persistence.Query;
import java.util.List;
import java.util.function.Function;

/** Reads pages of entities with SQL that JPQL cannot say. */
final class EntityQueries {

  private EntityQueries() {}

  /** A page and one item more, which tells whether another page follows. */
  static <E, T> List<T> list(
      EntityManager entities,
      Class<E> type,
      String sql,
      Conditions where,
      PageRequest page,
      Function<E, T> mapping) {
    Query query = entities.createNativeQuery(sql, type).setMaxResults(page.size() + 1);
    where.params().forEach(query::setParameter);
    List<?> found = query.getResultList();
    return found.stream().map(type::cast).map(mapping).toList();
  }
}
