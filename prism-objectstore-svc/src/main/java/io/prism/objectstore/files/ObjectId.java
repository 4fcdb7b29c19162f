package io.prism.objectstore.files;

import io.prism.objectstore.domain.ObjectName;
import jakarta.persistence.Embeddable;
import java.io.Serializable;

/** The primary key of the index. */
@Embeddable
record ObjectId(String namespace, String bucket, String key) implements Serializable {

  static ObjectId of(ObjectName name) {
    return new ObjectId(name.namespace(), name.bucket(), name.key());
  }
}
