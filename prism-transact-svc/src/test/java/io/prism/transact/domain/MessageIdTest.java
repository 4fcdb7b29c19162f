package io.prism.transact.domain;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class MessageIdTest {

  @Test
  void anIdSaysMailboxSequenceAndTag() {
    MessageId id = new MessageId("a:b: c", 9223372036854775807L, -2);
    assertThat(id).hasToString("a:b: c:9223372036854775807:fffffffffffffffe");
    assertThat(MessageId.parse(id.toString())).contains(id);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ":",
        "::",
        "box",
        "box:1",
        "box:1:",
        "box:1:0",
        ":1:0000000000000000",
        "box:x:0000000000000000",
        "box:01:0000000000000000",
        "box:+1:0000000000000000",
        "box:9223372036854775808:0000000000000000",
        "box:1:000000000000000g",
        "box:1:00000000000000AA",
        "box:1:00000000000000000",
        "0000000000000000"
      })
  void whatIsNoIdIsNone(String text) {
    assertThat(MessageId.parse(text)).isEmpty();
  }
}
