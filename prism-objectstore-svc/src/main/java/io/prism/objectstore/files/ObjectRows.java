package io.prism.objectstore.files;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.data.jpa.repository.Modifying;
import org.springframework.data.jpa.repository.NativeQuery;
import org.springframework.data.jpa.repository.Query;
import org.springframework.data.repository.Repository;
import org.springframework.data.repository.query.Param;

/** The statements of the index. The time is this instance's: it is the only one. */
interface ObjectRows extends Repository<ObjectRow, ObjectId> {

  Optional<ObjectRow> findById(ObjectId id);

  /** The file of an object, which nobody else may change until the transaction ends. */
  @NativeQuery(
      """
      select blob from object
      where namespace = :namespace and bucket = :bucket and key = :key for update
      """)
  Optional<String> lock(
      @Param("namespace") String namespace,
      @Param("bucket") String bucket,
      @Param("key") String key);

  /** Puts an object in place of what is there, if need be only of what has expired. */
  @Modifying
  @Query(
      nativeQuery = true,
      value =
          """
          insert into object (namespace, bucket, key, blob, size, sha256, content_type, metadata,
            last_modified, expires_at)
          values (:namespace, :bucket, :key, :blob, :size, :sha256, :contentType, :metadata,
            :now, cast(:expiresAt as timestamptz))
          on conflict (namespace, bucket, key) do update
          set blob = excluded.blob, size = excluded.size, sha256 = excluded.sha256,
            content_type = excluded.content_type, metadata = excluded.metadata,
            last_modified = excluded.last_modified, expires_at = excluded.expires_at
          where :always or object.expires_at <= :now
          """)
  int put(
      @Param("namespace") String namespace,
      @Param("bucket") String bucket,
      @Param("key") String key,
      @Param("blob") String blob,
      @Param("size") long size,
      @Param("sha256") String sha256,
      @Param("contentType") String contentType,
      @Param("metadata") String metadata,
      @Param("now") Instant now,
      @Param("expiresAt") @Nullable Instant expiresAt,
      @Param("always") boolean always);

  @Modifying
  @Query(
      nativeQuery = true,
      value = "delete from object where namespace = :namespace and bucket = :bucket and key = :key")
  int remove(
      @Param("namespace") String namespace,
      @Param("bucket") String bucket,
      @Param("key") String key);

  /** Objects that have not expired, by key, between two keys and later than one. */
  @NativeQuery(
      """
      select * from object
      where namespace = :namespace and bucket = :bucket and key > :after
        and key >= :first and key < :last and (expires_at is null or expires_at > :now)
      order by key limit :most
      """)
  List<ObjectRow> page(
      @Param("namespace") String namespace,
      @Param("bucket") String bucket,
      @Param("first") String first,
      @Param("last") String last,
      @Param("after") String after,
      @Param("now") Instant now,
      @Param("most") int most);

  /** Removes objects that have expired, and returns their files. */
  @NativeQuery(
      """
      delete from object
      where (namespace, bucket, key) in (
        select namespace, bucket, key from object where expires_at <= :now
        order by expires_at limit :most for update skip locked)
      returning blob
      """)
  List<String> removeExpired(@Param("now") Instant now, @Param("most") int most);

  /** Which of these files belong to objects. */
  @NativeQuery("select blob from object where blob in (:blobs)")
  List<String> known(@Param("blobs") List<String> blobs);
}
