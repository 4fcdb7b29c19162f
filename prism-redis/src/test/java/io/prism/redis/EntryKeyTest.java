package io.prism.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.prism.redis.EntryKey.Space;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class EntryKeyTest {

  private static String text(byte[] key) {
    return new String(key, StandardCharsets.UTF_8);
  }

  @Test
  void keysBeginWithTheNamespaceAsAHashTag() {
    EntryKey key = new EntryKey("web-shop", Space.VALUE, "users:1");
    assertThat(
            List.of(
                text(key.valueKey()),
                text(key.absenceKey()),
                text(key.leaseKey()),
                text(key.fenceKey())))
        .containsExactly(
            "{web-shop}:c:users:1",
            "{web-shop}:c/absent:users:1",
            "{web-shop}:c/lease:users:1",
            "{web-shop}:c/fence:users:1");
  }

  @Test
  void noNameIsTakenForAnotherKeyOfAnotherEntry() {
    Set<String> keys = new HashSet<>();
    List<String> names =
        List.of("a", ":a", "/lease:a", "lease:a", "c:a", "{x}:c:a", "a\0", "}:c:a", "");
    for (Space space : Space.values()) {
      for (String name : names) {
        EntryKey key = new EntryKey("x", space, name);
        keys.add(text(key.valueKey()));
        keys.add(text(key.absenceKey()));
        keys.add(text(key.leaseKey()));
        keys.add(text(key.fenceKey()));
      }
    }
    assertThat(keys).hasSize(Space.values().length * names.size() * 4);
  }
}
