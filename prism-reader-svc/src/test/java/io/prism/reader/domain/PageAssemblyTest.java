package io.prism.reader.domain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.prism.starter.error.PrismException;
import java.util.List;
import org.junit.jupiter.api.Test;

final class PageAssemblyTest {

  private static boolean offer(PageAssembly<String> page, String row, long bytes) {
    return page.offer(row, bytes, new String[] {row.substring(0, 1)});
  }

  @Test
  void isFullWhenOneRowMoreIsOfferedThanItTakes() {
    PageAssembly<String> page = new PageAssembly<>(new PageSize(2, 100, 0), true);
    assertThat(offer(page, "a", 1)).isTrue();
    assertThat(offer(page, "b", 1)).isTrue();
    assertThat(page.isFull()).isFalse();
    assertThat(page.page().next()).isNull();
    assertThat(offer(page, "c", 1)).isFalse();
    assertThat(page.page()).isEqualTo(new Page<>(List.of("a", "b"), new Position(List.of("b"))));
  }

  @Test
  void endsBeforeTheRowThatWouldMakeItTooLargeButHasOneRowAtLeast() {
    PageAssembly<String> page = new PageAssembly<>(new PageSize(10, 100, 0), true);
    assertThat(offer(page, "a", 1000)).isTrue();
    assertThat(offer(page, "b", 1)).isFalse();
    PageAssembly<String> other = new PageAssembly<>(new PageSize(10, 100, 0), true);
    assertThat(offer(other, "a", 60)).isTrue();
    assertThat(offer(other, "b", 41)).isFalse();
  }

  @Test
  void rowsWithTheSameKeysStayTogetherUnlessTheyAreUnique() {
    PageAssembly<String> page = new PageAssembly<>(new PageSize(1, 100, 2), false);
    assertThat(offer(page, "a1", 1)).isTrue();
    assertThat(offer(page, "a2", 1)).isTrue();
    assertThat(offer(page, "a3", 1)).isTrue();
    assertThat(offer(page, "b", 1)).isFalse();
    assertThat(page.page().rows()).containsExactly("a1", "a2", "a3");
    assertThatThrownBy(
            () -> {
              PageAssembly<String> tooMany = new PageAssembly<>(new PageSize(1, 100, 2), false);
              for (int i = 0; i < 4; i++) {
                offer(tooMany, "a" + i, 1);
              }
            })
        .isInstanceOfSatisfying(
            PrismException.class,
            e -> assertThat(e.reason()).isEqualTo(ReaderReason.TOO_MANY_TIES));
  }

  @Test
  void tiesAreBoundedInBytesToo() {
    PageAssembly<String> page = new PageAssembly<>(new PageSize(1, 100, 1000), false);
    assertThatThrownBy(
            () -> {
              for (int i = 0; i < 10; i++) {
                offer(page, "a" + i, 60);
              }
            })
        .isInstanceOf(PrismException.class);
  }
}
