package io.prism.reader.domain;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A part of the rows after a position, as bounds on the sort keys; all of them must hold.
 *
 * <p>"After a position" is a disjunction, which no index answers by itself: greater in the first
 * key, or equal in it and greater in the second, and so on, with nulls at one end. Cut into
 * segments, each is equal in some first keys and lies beyond the position in the next one, so that
 * an index on the keys finds its first row at once. Read one after the other they give the rows in
 * their order.
 */
public record Segment(List<Bound> bounds) {

  /** The only segment of a scan from the start. */
  public static final Segment WHOLE = new Segment(List.of());

  /** A bound, by the number of a key. */
  public sealed interface Bound {

    /** The key is what it is in the position. */
    record Same(int key) implements Bound {}

    /** The key comes after the one in the position, neither being null. */
    record Beyond(int key) implements Bound {}

    /** The key is null. */
    record Null(int key) implements Bound {}

    /** The key is not null. */
    record NotNull(int key) implements Bound {}

    /** All keys together, compared as one row, come after the position. */
    record AllBeyond() implements Bound {}
  }

  /** The segments after a position, in their order. */
  public static List<Segment> after(Position position, List<Key> keys) {
    if (isOneRange(keys)) {
      return List.of(new Segment(List.of(new Bound.AllBeyond())));
    }
    List<Segment> segments = new ArrayList<>();
    for (int last = keys.size() - 1; last >= 0; last--) {
      List<Bound> same = new ArrayList<>();
      for (int i = 0; i < last; i++) {
        same.add(position.keys().get(i) == null ? new Bound.Null(i) : new Bound.Same(i));
      }
      Key key = keys.get(last);
      boolean atNull = position.keys().get(last) == null;
      if (!atNull) {
        segments.add(with(same, new Bound.Beyond(last)));
      }
      Bound rest = afterwards(key, last, atNull);
      if (rest != null) {
        segments.add(with(same, rest));
      }
    }
    return List.copyOf(segments);
  }

  /** Nulls are last when ascending and first when descending. */
  private static @Nullable Bound afterwards(Key key, int number, boolean atNull) {
    if (key.descending()) {
      return atNull ? new Bound.NotNull(number) : null;
    }
    return key.nullable() && !atNull ? new Bound.Null(number) : null;
  }

  private static Segment with(List<Bound> same, Bound last) {
    List<Bound> bounds = new ArrayList<>(same);
    bounds.add(last);
    return new Segment(List.copyOf(bounds));
  }

  /** Whether one comparison of rows says it all, which an index serves as one range. */
  private static boolean isOneRange(List<Key> keys) {
    boolean descending = keys.getFirst().descending();
    return keys.stream().noneMatch(key -> key.nullable() || key.descending() != descending);
  }
}
