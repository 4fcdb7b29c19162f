package io.prism.objectstore.files;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Removes what has expired, and files that are no object's: of uploads, and of what was deleted.
 */
final class FileSweep {

  private static final int BATCH = 500;

  private final ObjectIndex index;
  private final BlobFolder folder;
  private final Clock clock;

  FileSweep(ObjectIndex index, BlobFolder folder, Clock clock) {
    this.index = index;
    this.folder = folder;
    this.clock = clock;
  }

  int run(Duration leftoverAge) {
    try {
      Instant then = clock.instant().minus(leftoverAge);
      return expired() + folder.discardOlderThan(then) + unknown(then);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private int expired() throws IOException {
    int removed = 0;
    List<String> blobs;
    do {
      blobs = index.removeExpired(clock.instant(), BATCH);
      for (String blob : blobs) {
        folder.delete(blob);
      }
      removed += blobs.size();
    } while (blobs.size() == BATCH);
    return removed;
  }

  private int unknown(Instant then) throws IOException {
    List<String> batch = new ArrayList<>();
    List<String> unknown = new ArrayList<>();
    folder.olderThan(
        then,
        name -> {
          batch.add(name);
          if (batch.size() == BATCH) {
            unknown.addAll(unknownOf(batch));
            batch.clear();
          }
        });
    unknown.addAll(unknownOf(batch));
    for (String name : unknown) {
      folder.delete(name);
    }
    return unknown.size();
  }

  private List<String> unknownOf(List<String> names) {
    if (names.isEmpty()) {
      return List.of();
    }
    Set<String> known = new HashSet<>(index.known(List.copyOf(names)));
    return names.stream().filter(name -> !known.contains(name)).toList();
  }
}
