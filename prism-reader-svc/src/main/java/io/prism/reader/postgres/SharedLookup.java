package io.prism.reader.postgres;

import com.google.protobuf.ListValue;
import com.google.protobuf.Value;
import io.prism.relational.ColumnType;
import io.prism.starter.call.CallEnd;
import io.prism.starter.error.CallReason;
import io.prism.starter.error.PrismException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Gets rows of a table by their primary key, with few statements for many calls: what is asked for
 * while {@link #MAX_RUNNING} statements run is asked for together by the next one. Without such a
 * crowd each call has a statement of its own, at once.
 *
 * <p>Each row is read after its call arrived, so a call sees whatever was committed before.
 */
final class SharedLookup {

  /** Statements at a time. More of them carry fewer rows each, and cost more. */
  private static final int MAX_RUNNING = 2;

  private static final int MAX_TOGETHER = 64;
  private static final ColumnType TEXTS = ColumnType.text().array();

  private final Lookup lookup;
  private final Database database;
  private final ReentrantLock lock = new ReentrantLock();
  private final Queue<Request> waiting = new ArrayDeque<>();
  private int running;

  /** A call that waits for a statement to carry it. */
  private record Request(String id, CompletableFuture<Answer> answer, long before) {}

  /**
   * What a statement says to a call.
   *
   * @param alone whether it says nothing, and the call should ask by itself: what it failed for may
   *     be about another one's id
   */
  private record Answer(Optional<byte[]> row, boolean alone) {

    static final Answer ALONE = new Answer(Optional.empty(), true);
  }

  SharedLookup(Lookup lookup, Database database) {
    this.lookup = lookup;
    this.database = database;
  }

  Lookup lookup() {
    return lookup;
  }

  /**
   * The row with this id; blocks.
   *
   * @throws PrismException see {@link io.prism.reader.domain.Collections}
   * @throws SchemaChanged when the table is not what it is taken for
   */
  Optional<byte[]> get(String id) {
    String key = lookup.key().type().toJdbc(id, "id");
    Request request = enter(key);
    if (request == null) {
      try {
        return alone(key);
      } finally {
        leave();
      }
    }
    Answer answer = CallEnd.await(request.answer());
    return answer.alone() ? alone(key) : answer.row();
  }

  /** Takes a place among the running statements, or else among those who wait. */
  private @Nullable Request enter(String key) {
    lock.lock();
    try {
      if (running < MAX_RUNNING) {
        running++;
        return null;
      }
      Request request =
          new Request(
              key, new CompletableFuture<>(), System.nanoTime() + database.timeLimit().toNanos());
      waiting.add(request);
      return request;
    } finally {
      lock.unlock();
    }
  }

  /** Gives the place of a statement that has run to those who wait, or up. */
  private void leave() {
    lock.lock();
    try {
      if (waiting.isEmpty()) {
        running--;
        return;
      }
    } finally {
      lock.unlock();
    }
    // Not as part of the call: it should answer, and its end must not cancel what others wait for.
    Thread.ofVirtual().name("prism-reader-lookup").start(this::carry);
  }

  private void carry() {
    for (List<Request> some = take(); !some.isEmpty(); some = take()) {
      try {
        together(some);
      } catch (Throwable e) {
        fail(some, e);
      }
    }
  }

  /** Those who wait, as many as fit; gives the place up when there is none. */
  private List<Request> take() {
    int most = Math.min(MAX_TOGETHER, lookup.many().weight().fetchSize());
    List<Request> some = new ArrayList<>(most);
    lock.lock();
    try {
      while (some.size() < most) {
        Request next = waiting.poll();
        if (next == null) {
          break;
        }
        if (next.before() - System.nanoTime() < 0) {
          next.answer().completeExceptionally(Database.tooSlow(null));
        } else {
          some.add(next);
        }
      }
      if (some.isEmpty()) {
        running--;
      }
      return some;
    } finally {
      lock.unlock();
    }
  }

  private Optional<byte[]> alone(String key) {
    return database.select(
        "get",
        lookup.one(),
        Lookup.values(key),
        rows -> rows.next() ? Optional.of(lookup.rows().read(rows)) : Optional.empty());
  }

  private void together(List<Request> some) {
    ListValue.Builder ids = ListValue.newBuilder();
    some.forEach(request -> ids.addValues(Value.newBuilder().setStringValue(request.id())));
    String array =
        Objects.requireNonNull(TEXTS.toJdbc(Value.newBuilder().setListValue(ids).build(), "id"));
    List<Optional<byte[]>> found =
        database.select(
            "get", lookup.many(), Lookup.values(array), rows -> read(rows, some.size()));
    for (int i = 0; i < found.size(); i++) {
      some.get(i).answer().complete(new Answer(found.get(i), false));
    }
  }

  private List<Optional<byte[]>> read(ResultSet rows, int ids) throws SQLException {
    List<Optional<byte[]>> found = new ArrayList<>(Collections.nCopies(ids, Optional.empty()));
    int place = lookup.rows().width() + 1;
    while (rows.next()) {
      byte[] row = lookup.rows().read(rows);
      lookup.many().weight().observe(row.length);
      found.set(rows.getInt(place) - 1, Optional.of(row));
    }
    return found;
  }

  private static void fail(List<Request> some, Throwable failure) {
    boolean ofAll =
        failure instanceof SchemaChanged
            || failure instanceof Error
            || (failure instanceof PrismException known
                && (known.reason() == CallReason.BACKEND_UNAVAILABLE
                    || known.reason() == CallReason.OVERLOADED
                    || known.reason() == CallReason.DEADLINE_EXCEEDED));
    for (Request request : some) {
      if (ofAll) {
        request.answer().completeExceptionally(failure);
      } else {
        request.answer().complete(Answer.ALONE);
      }
    }
  }
}
