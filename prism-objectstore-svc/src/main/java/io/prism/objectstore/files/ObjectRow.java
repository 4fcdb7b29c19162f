package io.prism.objectstore.files;

import io.prism.objectstore.domain.StoredObject;
import jakarta.persistence.Convert;
import jakarta.persistence.EmbeddedId;
import jakarta.persistence.Entity;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An object in the index. Rows are only read as entities; statements write them. */
@Entity
@Table(name = "object")
class ObjectRow {

  @EmbeddedId private ObjectId id = new ObjectId("", "", "");

  private String blob = "";

  private long size;

  private String sha256 = "";

  private String contentType = "";

  @Convert(converter = MetadataJson.class)
  private Map<String, String> metadata = Map.of();

  private Instant lastModified = Instant.EPOCH;

  private @Nullable Instant expiresAt;

  protected ObjectRow() {}

  String blob() {
    return blob;
  }

  /** The entity tag is the file's name, which is new whenever something is stored. */
  StoredObject object() {
    return new StoredObject(
        id.key(), size, blob, lastModified, contentType, expiresAt, metadata, sha256);
  }
}
