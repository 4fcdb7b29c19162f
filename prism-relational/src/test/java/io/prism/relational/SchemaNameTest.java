package io.prism.relational;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class SchemaNameTest {

  @Test
  void isTheNamespaceWithUnderscoresForHyphens() {
    assertThat(SchemaName.of("web-shop").name()).isEqualTo("ns_web_shop");
  }

  @Test
  void namespacesOfSixtyCharactersAreWhole() {
    assertThat(SchemaName.of("a".repeat(60)).name()).isEqualTo("ns_" + "a".repeat(60));
  }

  @Test
  void longerNamespacesThatBeginAlikeHaveSchemasOfTheirOwnWithin63Bytes() {
    String one = SchemaName.of("a".repeat(63) + "b").name();
    String other = SchemaName.of("a".repeat(63) + "c").name();
    assertThat(one).hasSizeLessThanOrEqualTo(63).isNotEqualTo(other);
    assertThat(other).hasSizeLessThanOrEqualTo(63);
    assertThat(SchemaName.of("a".repeat(63) + "b").name()).isEqualTo(one);
  }

  @Test
  void noNamespaceHasTheSchemaOfALongerOne() {
    String cut = SchemaName.of("a".repeat(64)).name();
    assertThat(cut).as("a character that no namespace has").contains("$");
  }
}
