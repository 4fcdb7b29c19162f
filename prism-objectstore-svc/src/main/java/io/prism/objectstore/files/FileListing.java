package io.prism.objectstore.files;

import io.prism.objectstore.domain.ListQuery;
import io.prism.objectstore.domain.ObjectPage;
import io.prism.objectstore.domain.StoredObject;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** A page of a listing, gathered from the index. */
final class FileListing {

  private static final int ROWS = 1000;
  private static final int MAX_BYTES = 2 * 1024 * 1024;

  /** After all keys that begin as what it follows; no key has it. */
  private static final String LAST = Character.toString(0x10FFFF);

  private final ObjectIndex index;
  private final ListQuery query;
  private final Instant now;
  private final List<StoredObject> objects = new ArrayList<>();
  private final List<String> commonPrefixes = new ArrayList<>();
  private int bytes;
  private String after;

  FileListing(ObjectIndex index, ListQuery query, Instant now) {
    this.index = index;
    this.query = query;
    this.now = now;
    this.after = query.after();
  }

  ObjectPage page() {
    while (true) {
      // One more than is wanted, to know whether that is all.
      int most = Math.min(ROWS, query.limit() - count() + 1);
      List<ObjectRow> rows = index.page(query, query.prefix() + LAST, after, now, most);
      for (ObjectRow row : rows) {
        if (!isRolledUp(row)) {
          if (count() >= query.limit() || bytes > MAX_BYTES) {
            return new ObjectPage(objects, commonPrefixes, after);
          }
          take(row.object());
        }
      }
      if (rows.size() < most) {
        return new ObjectPage(objects, commonPrefixes, "");
      }
    }
  }

  private int count() {
    return objects.size() + commonPrefixes.size();
  }

  /** Whether a row is of the common prefix that was met last. */
  private boolean isRolledUp(ObjectRow row) {
    return after.endsWith(LAST)
        && row.object().key().startsWith(after.substring(0, after.length() - LAST.length()));
  }

  private void take(StoredObject object) {
    String key = object.key();
    int end =
        query.delimiter().isEmpty() ? -1 : key.indexOf(query.delimiter(), query.prefix().length());
    if (end < 0) {
      objects.add(object);
      after = key;
    } else {
      String common = key.substring(0, end + query.delimiter().length());
      commonPrefixes.add(common);
      after = common + LAST;
    }
    bytes += key.length();
  }
}
