package io.prism.pubsub.domain;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class SubjectTrieTest {

  private static final List<String> TOKENS = List.of("a", "b", "c");
  private static final List<String> PATTERN_TOKENS = List.of("a", "b", "c", "*");

  private final Random random = new Random(42);

  @Test
  void aTopicFindsWhatAComparisonTokenByTokenFinds() {
    SubjectTrie<Integer> trie = new SubjectTrie<>();
    List<List<String>> patterns = new ArrayList<>();
    Set<Integer> removed = new HashSet<>();
    for (int i = 0; i < 2000; i++) {
      patterns.add(pattern());
      trie.add(patterns.get(i), i);
      if (random.nextInt(3) == 0) {
        int gone = random.nextInt(patterns.size());
        trie.remove(patterns.get(gone), gone);
        removed.add(gone);
      }
      if (i % 10 == 0) {
        List<String> topic = path(TOKENS, 1 + random.nextInt(5));
        List<Integer> expected = new ArrayList<>();
        for (int p = 0; p < patterns.size(); p++) {
          if (!removed.contains(p) && matches(patterns.get(p), topic)) {
            expected.add(p);
          }
        }
        assertThat(matching(trie, topic))
            .as(topic.toString())
            .containsExactlyInAnyOrderElementsOf(expected);
      }
    }
    for (int p = 0; p < patterns.size(); p++) {
      trie.remove(patterns.get(p), p);
    }
    assertThat(trie.isEmpty()).as("nothing is left of patterns that are gone").isTrue();
  }

  @Test
  void whatIsNotThereCanBeTakenAway() {
    SubjectTrie<Integer> trie = new SubjectTrie<>();
    trie.add(List.of("a", "b"), 1);
    trie.remove(List.of("a"), 1);
    trie.remove(List.of("a", "b", "c"), 1);
    trie.remove(List.of("a", "b"), 2);
    assertThat(matching(trie, List.of("a", "b"))).containsExactly(1);
  }

  /** A hundred thousand other patterns are not looked at. */
  @Test
  void toFindATopicCostsItsTokensWhateverElseThereIs() {
    SubjectTrie<CountedKey> trie = new SubjectTrie<>();
    for (int i = 0; i < 100_000; i++) {
      trie.add(List.of("ns", "t" + i, "x"), new CountedKey());
    }
    trie.add(List.of("ns", "*", "x"), new CountedKey());
    int[] seen = {0};
    trie.forEachMatch(List.of("ns", "t77777", "x"), key -> seen[0]++);
    assertThat(seen[0]).isEqualTo(2);
  }

  private static final class CountedKey {}

  private static List<Integer> matching(SubjectTrie<Integer> trie, List<String> topic) {
    List<Integer> found = new ArrayList<>();
    trie.forEachMatch(topic, found::add);
    return found;
  }

  private List<String> pattern() {
    List<String> pattern = path(PATTERN_TOKENS, 1 + random.nextInt(5));
    if (random.nextInt(4) == 0) {
      pattern.set(pattern.size() - 1, ">");
    }
    return pattern;
  }

  private List<String> path(List<String> from, int length) {
    List<String> path = new ArrayList<>();
    for (int i = 0; i < length; i++) {
      path.add(from.get(random.nextInt(from.size())));
    }
    return path;
  }

  private static boolean matches(List<String> pattern, List<String> topic) {
    for (int i = 0; i < pattern.size(); i++) {
      if (pattern.get(i).equals(">")) {
        return topic.size() > i;
      }
      if (i >= topic.size()
          || (!pattern.get(i).equals("*") && !pattern.get(i).equals(topic.get(i)))) {
        return false;
      }
    }
    return pattern.size() == topic.size();
  }
}
