package io.prism.reader.domain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class PagesAheadTest {

  private static final PageSize SIZE = new PageSize(1, 1000, 0);

  private final List<String> begun = new ArrayList<>();
  private final Queue<Runnable> tasks = new ArrayDeque<>();
  private @Nullable RuntimeException failure;

  private static @Nullable Position after(int row) {
    return row == 0 ? null : new Position(List.of(Integer.toString(row)));
  }

  /** Five rows, a page each. */
  private final Scan<String> scan =
      new Scan<>() {
        @Override
        public byte[] identity() {
          return new byte[0];
        }

        @Override
        public int keys() {
          return 1;
        }

        @Override
        public Page<String> next(
            @Nullable Position after, long skip, PageSize size, Consumer<Position> ahead) {
          int row = after == null ? 1 : Integer.parseInt(after.keys().getFirst()) + 1;
          begun.add("row " + row);
          if (failure != null && row == 2) {
            throw failure;
          }
          if (row < 5) {
            ahead.accept(after(row));
          }
          return new Page<>(List.of("row " + row), row < 5 ? after(row) : null);
        }
      };

  private final PagesAhead<String> pages = new PagesAhead<>(scan, SIZE, tasks::add);

  private void runAll() {
    for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
      task.run();
    }
  }

  @Test
  void onePageIsReadAheadAndNoMore() {
    assertThat(pages.next(null).rows()).containsExactly("row 1");
    runAll();
    assertThat(begun).containsExactly("row 1", "row 2");
    assertThat(pages.next(after(1)).rows()).containsExactly("row 2");
    runAll();
    assertThat(begun).containsExactly("row 1", "row 2", "row 3");
  }

  @Test
  void eachPageIsReadOnceAndTheLastOneEndsIt() {
    List<String> rows = new ArrayList<>();
    Position position = null;
    do {
      Page<String> page = pages.next(position);
      rows.addAll(page.rows());
      position = page.next();
      runAll();
    } while (position != null);
    assertThat(rows).containsExactly("row 1", "row 2", "row 3", "row 4", "row 5");
    assertThat(begun).isEqualTo(rows);
  }

  @Test
  void aPageThatEndsElsewhereThanWasToldIsFollowedByItsOwn() {
    pages.next(null);
    runAll();
    assertThat(pages.next(after(3)).rows()).containsExactly("row 4");
  }

  @Test
  void whatFailsAheadFailsInItsTurn() {
    failure = new IllegalStateException("gone");
    assertThat(pages.next(null).rows()).containsExactly("row 1");
    runAll();
    assertThatThrownBy(() -> pages.next(after(1))).isSameAs(failure);
  }
}
