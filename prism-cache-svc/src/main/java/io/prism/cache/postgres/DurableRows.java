package io.prism.cache.postgres;

import java.util.List;
import org.springframework.data.jpa.repository.Modifying;
import org.springframework.data.jpa.repository.NativeQuery;
import org.springframework.data.jpa.repository.Query;
import org.springframework.data.repository.Repository;
import org.springframework.data.repository.query.Param;

/**
 * The statements of the durable table. Time is PostgreSQL's own, so that instances whose clocks
 * differ agree on what has expired. A ttl below zero is none.
 */
interface DurableRows extends Repository<DurableRow, DurableId> {

  /** Name, value and milliseconds left (null: for ever) of rows that have not expired. */
  @NativeQuery(
      """
      select name, value, cast(extract(epoch from expires_at - now()) * 1000 as bigint)
      from entry
      where namespace = :namespace and name in (:names) and (expires_at is null or expires_at > now())
      """)
  List<Object[]> find(@Param("namespace") String namespace, @Param("names") List<String> names);

  /**
   * The same, as far as the values fit into so many bytes together; those of the other rows are
   * null.
   */
  @NativeQuery(
      """
      select name, case when total <= :bytes then value end,
        cast(extract(epoch from expires_at - now()) * 1000 as bigint)
      from (
        select name, value, expires_at, sum(octet_length(value)) over (order by name) as total
        from entry
        where namespace = :namespace and name in (:names) and (expires_at is null or expires_at > now())
      ) as found
      """)
  List<Object[]> findSome(
      @Param("namespace") String namespace,
      @Param("names") List<String> names,
      @Param("bytes") long maxBytes);

  /** The same as the first of one row, which nobody else may change until the transaction ends. */
  @NativeQuery(
      """
      select name, value, cast(extract(epoch from expires_at - now()) * 1000 as bigint),
        coalesce(expires_at <= now(), false)
      from entry
      where namespace = :namespace and name = :name
      for update
      """)
  List<Object[]> lock(@Param("namespace") String namespace, @Param("name") String name);

  @Modifying
  @Query(
      nativeQuery = true,
      value =
          """
          insert into entry (namespace, name, value, expires_at)
          values (:namespace, :name, :value,
            case when :ttl < 0 then null else now() + :ttl * interval '1 millisecond' end)
          on conflict (namespace, name) do update
          set value = excluded.value, expires_at = excluded.expires_at
          """)
  int put(
      @Param("namespace") String namespace,
      @Param("name") String name,
      @Param("value") byte[] value,
      @Param("ttl") long ttlMillis);

  /** Puts a row where there is none, or one that has expired. */
  @Modifying
  @Query(
      nativeQuery = true,
      value =
          """
          insert into entry (namespace, name, value, expires_at)
          values (:namespace, :name, :value,
            case when :ttl < 0 then null else now() + :ttl * interval '1 millisecond' end)
          on conflict (namespace, name) do update
          set value = excluded.value, expires_at = excluded.expires_at
          where entry.expires_at <= now()
          """)
  int putIfAbsent(
      @Param("namespace") String namespace,
      @Param("name") String name,
      @Param("value") byte[] value,
      @Param("ttl") long ttlMillis);

  @Modifying
  @Query(
      nativeQuery = true,
      value =
          """
          update entry
          set value = :value,
            expires_at = case when :ttl < 0 then null else now() + :ttl * interval '1 millisecond' end
          where namespace = :namespace and name = :name and (expires_at is null or expires_at > now())
          """)
  int putIfPresent(
      @Param("namespace") String namespace,
      @Param("name") String name,
      @Param("value") byte[] value,
      @Param("ttl") long ttlMillis);

  /** Changes the value of a row and leaves its expiry. */
  @Modifying
  @Query(
      nativeQuery = true,
      value = "update entry set value = :value where namespace = :namespace and name = :name")
  int change(
      @Param("namespace") String namespace,
      @Param("name") String name,
      @Param("value") byte[] value);

  @Modifying
  @Query(
      nativeQuery = true,
      value =
          """
          delete from entry
          where namespace = :namespace and name = :name and (expires_at is null or expires_at > now())
          """)
  int remove(@Param("namespace") String namespace, @Param("name") String name);

  /** Removes rows that have expired, of whatever namespace, and leaves those that are in use. */
  @Modifying
  @Query(
      nativeQuery = true,
      value =
          """
          delete from entry
          where (namespace, name) in (
            select namespace, name from entry where expires_at <= now()
            order by expires_at limit :most for update skip locked)
          """)
  int sweep(@Param("most") int most);
}
