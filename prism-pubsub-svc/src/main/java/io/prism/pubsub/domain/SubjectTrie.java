package io.prism.pubsub.domain;

import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Values by patterns, found by topics. To look a topic up costs as many steps as it has tokens for
 * each way in which wildcards lead to a match, however many other patterns there are. Not
 * thread-safe.
 *
 * @param <V> the value; equal values under one pattern are one
 */
public final class SubjectTrie<V> {

  private final Node<V> root = new Node<>();

  /** Adds a value, unless it is there. */
  public void add(List<String> pattern, V value) {
    Node<V> node = root;
    for (String token : pattern) {
      node = node.next.computeIfAbsent(token, any -> new Node<>());
    }
    node.values.add(value);
  }

  /** Takes a value away, if it is there. */
  public void remove(List<String> pattern, V value) {
    remove(root, pattern, 0, value);
  }

  private void remove(Node<V> node, List<String> pattern, int depth, V value) {
    if (depth == pattern.size()) {
      node.values.remove(value);
      return;
    }
    String token = pattern.get(depth);
    Node<V> next = node.next.get(token);
    if (next != null) {
      remove(next, pattern, depth + 1, value);
      if (next.isEmpty()) {
        node.next.remove(token);
      }
    }
  }

  /** Shows each value whose pattern matches a topic. */
  public void forEachMatch(List<String> topic, Consumer<? super V> visitor) {
    match(root, topic, 0, visitor);
  }

  private void match(Node<V> node, List<String> topic, int depth, Consumer<? super V> visitor) {
    if (depth == topic.size()) {
      node.values.forEach(visitor);
      return;
    }
    if (node.next.isEmpty()) {
      return;
    }
    Node<V> rest = node.next.get(Tokens.REST);
    if (rest != null) {
      rest.values.forEach(visitor);
    }
    matchNext(node.next.get(Tokens.ANY), topic, depth, visitor);
    matchNext(node.next.get(topic.get(depth)), topic, depth, visitor);
  }

  private void matchNext(
      @Nullable Node<V> next, List<String> topic, int depth, Consumer<? super V> visitor) {
    if (next != null) {
      match(next, topic, depth + 1, visitor);
    }
  }

  boolean isEmpty() {
    return root.isEmpty();
  }

  private static final class Node<V> {

    private final Map<String, Node<V>> next = new HashMap<>(2);
    private final Set<V> values = new LinkedHashSet<>(2);

    boolean isEmpty() {
      return next.isEmpty() && values.isEmpty();
    }
  }
}
