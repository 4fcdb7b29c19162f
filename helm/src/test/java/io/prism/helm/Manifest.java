package io.prism.helm;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** One Kubernetes object, as the charts render it. */
record Manifest(Map<String, Object> content) {

  /** All objects of a rendered chart. */
  static List<Manifest> all(String yaml) {
    LoaderOptions options = new LoaderOptions();
    options.setAllowDuplicateKeys(false);
    List<Manifest> manifests = new ArrayList<>();
    for (Object document : new Yaml(new SafeConstructor(options)).loadAll(yaml)) {
      if (document != null) {
        manifests.add(new Manifest(map(document)));
      }
    }
    return manifests;
  }

  String kind() {
    return text("kind");
  }

  String name() {
    return text("metadata", "name");
  }

  String type() {
    return text("apiVersion") + "/" + kind();
  }

  /** What stands at the path; null when there is nothing. */
  @Nullable Object find(String... path) {
    Object value = content;
    for (String key : path) {
      value = value instanceof Map<?, ?> map ? map.get(key) : null;
    }
    return value;
  }

  Object get(String... path) {
    return Objects.requireNonNull(find(path), () -> this + ": " + String.join(".", path));
  }

  String text(String... path) {
    return get(path).toString();
  }

  Map<String, Object> map(String... path) {
    return map(get(path));
  }

  List<Map<String, Object>> maps(String... path) {
    return maps(find(path));
  }

  boolean isHook() {
    return find("metadata", "annotations", "helm.sh/hook") != null;
  }

  /** The text of a key that has to be there. */
  static String text(Map<String, Object> map, String key) {
    return Objects.requireNonNull(map.get(key), () -> key + " in " + map).toString();
  }

  @SuppressWarnings("unchecked")
  static Map<String, Object> map(@Nullable Object value) {
    return value == null ? Map.of() : (Map<String, Object>) value;
  }

  @SuppressWarnings("unchecked")
  static List<Map<String, Object>> maps(@Nullable Object value) {
    return value == null ? List.of() : (List<Map<String, Object>>) value;
  }

  @Override
  public String toString() {
    return content.get("kind")
        + " "
        + (content.get("metadata") instanceof Map<?, ?> metadata ? metadata.get("name") : "?");
  }
}
