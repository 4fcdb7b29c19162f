package io.prism.session.domain;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

final class RightsTest {

  private static Rights rights(String namespace, String permission, String... configs) {
    return new Rights(List.of(namespace), List.of(permission), List.of(configs));
  }

  @Test
  void everythingIncludesAnything() {
    Rights everything = rights("*", "*:admin");
    assertThat(everything.include(rights("a", "queue:write"))).isTrue();
    assertThat(everything.include(everything)).isTrue();
  }

  @Test
  void oneNamespaceIncludesNoOtherAndNotAll() {
    Rights own = rights("a", "*:admin");
    assertThat(own.include(rights("b", "queue:read"))).isFalse();
    assertThat(own.include(rights("*", "queue:read"))).isFalse();
  }

  @Test
  void aLevelIncludesNoHigherOne() {
    Rights own = rights("a", "queue:write");
    assertThat(own.include(rights("a", "queue:read"))).isTrue();
    assertThat(own.include(rights("a", "queue:admin"))).isFalse();
    assertThat(own.include(rights("a", "*:read"))).isFalse();
  }

  @Test
  void namedConfigsIncludeNoOthersAndNotAny() {
    Rights own = rights("a", "queue:write", "one", "two");
    assertThat(own.include(rights("a", "queue:write", "one"))).isTrue();
    assertThat(own.include(rights("a", "queue:write", "three"))).isFalse();
    assertThat(own.include(rights("a", "queue:write"))).isFalse();
    assertThat(own.allowInlineConfig()).isFalse();
  }

  @Test
  void theOnlyNamespaceIsMeantWhenNoneIsNamed() {
    assertThat(rights("a", "queue:read").onlyNamespace()).contains("a");
    assertThat(rights("*", "queue:read").onlyNamespace()).isEmpty();
    assertThat(new Rights(List.of("a", "b"), List.of(), List.of()).onlyNamespace()).isEmpty();
  }
}
