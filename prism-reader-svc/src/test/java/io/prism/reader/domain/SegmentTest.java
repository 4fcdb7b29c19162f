package io.prism.reader.domain;

import static org.assertj.core.api.Assertions.assertThat;

import io.prism.reader.domain.Segment.Bound;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class SegmentTest {

  private static Key key(boolean descending, boolean nullable) {
    return new Key("k", descending, nullable);
  }

  @Test
  void keysThatAreNeverNullAndGoOneWayAreOneRange() {
    assertThat(
            Segment.after(
                new Position(List.of("1", "2")), List.of(key(true, false), key(true, false))))
        .containsExactly(new Segment(List.of(new Bound.AllBeyond())));
  }

  @Test
  void eachSegmentIsEqualInSomeFirstKeysAndBeyondInTheNext() {
    assertThat(
            Segment.after(
                new Position(List.of("1", "2")), List.of(key(false, true), key(true, false))))
        .containsExactly(
            new Segment(List.of(new Bound.Same(0), new Bound.Beyond(1))),
            new Segment(List.of(new Bound.Beyond(0))),
            new Segment(List.of(new Bound.Null(0))));
  }

  /** All rows of two or three keys with few values, walked row by row in every order there is. */
  @Test
  void segmentsHaveExactlyTheRowsAfterThePositionInTheirOrder() {
    List<@Nullable String> values = Arrays.asList("1", "2", null);
    for (int mix = 0; mix < 64; mix++) {
      List<Key> keys = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        keys.add(key(((mix >> i) & 1) == 1, ((mix >> (i + 3)) & 1) == 1));
      }
      List<List<@Nullable String>> rows = new ArrayList<>();
      for (String a : values) {
        for (String b : values) {
          for (String c : values) {
            List<@Nullable String> row = Arrays.asList(a, b, c);
            if (suits(row, keys)) {
              rows.add(row);
            }
          }
        }
      }
      rows.sort(order(keys));
      for (int at = 0; at < rows.size(); at++) {
        List<List<@Nullable String>> after = new ArrayList<>();
        for (Segment segment : Segment.after(new Position(rows.get(at)), keys)) {
          List<@Nullable String> position = rows.get(at);
          rows.stream().filter(row -> isIn(segment, row, position, keys)).forEach(after::add);
        }
        assertThat(after)
            .as("mix " + mix + " at " + at)
            .isEqualTo(rows.subList(at + 1, rows.size()));
      }
    }
  }

  private static boolean suits(List<@Nullable String> row, List<Key> keys) {
    for (int i = 0; i < keys.size(); i++) {
      if (row.get(i) == null && !keys.get(i).nullable()) {
        return false;
      }
    }
    return true;
  }

  private static Comparator<List<@Nullable String>> order(List<Key> keys) {
    return (a, b) -> {
      for (int i = 0; i < keys.size(); i++) {
        int order = compare(a.get(i), b.get(i), keys.get(i));
        if (order != 0) {
          return order;
        }
      }
      return 0;
    };
  }

  /** Null is above all, as PostgreSQL has it. */
  private static int compare(@Nullable String a, @Nullable String b, Key key) {
    Comparator<@Nullable String> up = Comparator.nullsLast(Comparator.<String>naturalOrder());
    return key.descending() ? up.compare(b, a) : up.compare(a, b);
  }

  private static boolean isIn(
      Segment segment,
      List<@Nullable String> row,
      List<@Nullable String> position,
      List<Key> keys) {
    return segment.bounds().stream()
        .allMatch(
            bound ->
                switch (bound) {
                  case Bound.Same same ->
                      row.get(same.key()) != null
                          && Objects.equals(row.get(same.key()), position.get(same.key()));
                  case Bound.Beyond beyond ->
                      row.get(beyond.key()) != null
                          && compare(
                                  row.get(beyond.key()),
                                  position.get(beyond.key()),
                                  keys.get(beyond.key()))
                              > 0;
                  case Bound.Null isNull -> row.get(isNull.key()) == null;
                  case Bound.NotNull notNull -> row.get(notNull.key()) != null;
                  case Bound.AllBeyond _ -> order(keys).compare(row, position) > 0;
                });
  }

  @Test
  void nothingIsAfterTheLastOfAll() {
    assertThat(
            Segment.after(new Position(Collections.singletonList(null)), List.of(key(false, true))))
        .isEmpty();
  }
}
