package io.prism.contract;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Descriptors.Descriptor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * What RFC-002 defines is there, exactly so, and with no additions but those that are named here.
 */
class Rfc002Test {

  /** Every addition to a service, message or enum that RFC-002 defines. */
  private static final Set<String> ADDITIONS =
      Set.of(
          "service prism.queue.v1.QueueService"
              + " rpc ModifyAckDeadline(ModifyAckDeadlineRequest)"
              + " returns (ModifyAckDeadlineResponse)",
          "message prism.queue.v1.PublishResponse optional google.rpc.Status error = 5",
          "message prism.queue.v1.BatchMessage optional int32 partition = 4",
          "message prism.transact.v1.DataWrite optional string expected_version = 5",
          "message prism.timeseries.v1.Event optional string event_id = 7",
          "message prism.objectstore.v1.PutObjectRequest optional string sha256 = 7",
          "message prism.objectstore.v1.PutObjectRequest bool only_if_not_exists = 8");

  private static final Map<String, List<String>> EXPECTED = expected();

  @Test
  void theTableIsWhole() {
    assertThat(EXPECTED.keySet().stream().filter(key -> key.startsWith("service "))).hasSize(9);
    assertThat(EXPECTED.keySet().stream().filter(key -> key.startsWith("message "))).hasSize(79);
    assertThat(EXPECTED.keySet().stream().filter(key -> key.startsWith("enum "))).hasSize(7);
    assertThat(EXPECTED.values().stream().flatMap(List::stream)).hasSize(352);
  }

  @Test
  void whatRfc002DefinesIsThereExactlySo() {
    Map<String, List<String>> actual = actual();
    actual.keySet().retainAll(EXPECTED.keySet());
    actual.replaceAll(
        (element, lines) ->
            lines.stream().filter(line -> !ADDITIONS.contains(element + " " + line)).toList());
    assertThat(actual.keySet()).containsExactlyInAnyOrderElementsOf(EXPECTED.keySet());
    EXPECTED.forEach(
        (element, lines) ->
            assertThat(actual.get(element)).as(element).containsExactlyInAnyOrderElementsOf(lines));
  }

  @Test
  void eachAdditionIsThere() {
    Set<String> lines =
        actual().entrySet().stream()
            .flatMap(element -> element.getValue().stream().map(l -> element.getKey() + " " + l))
            .collect(Collectors.toSet());
    assertThat(lines).containsAll(ADDITIONS);
  }

  @Test
  void noOtherServiceIsInAPackageOfRfc002() {
    Set<String> services =
        EXPECTED.keySet().stream()
            .filter(key -> key.startsWith("service "))
            .collect(Collectors.toSet());
    Set<String> packages =
        services.stream()
            .map(service -> service.substring("service ".length(), service.lastIndexOf('.')))
            .collect(Collectors.toSet());
    assertThat(
            Contract.services()
                .filter(service -> packages.contains(service.getFile().getPackage()))
                .map(service -> "service " + service.getFullName()))
        .containsExactlyInAnyOrderElementsOf(services);
  }

  private static Map<String, List<String>> actual() {
    Map<String, List<String>> actual = new LinkedHashMap<>();
    Contract.services()
        .forEach(
            service ->
                actual.put(
                    "service " + service.getFullName(),
                    service.getMethods().stream()
                        .map(rpc -> "rpc " + Contract.signature(rpc))
                        .toList()));
    Contract.messages()
        .forEach(message -> actual.put("message " + message.getFullName(), fields(message)));
    Contract.enums()
        .forEach(
            type ->
                actual.put(
                    "enum " + type.getFullName(),
                    type.getValues().stream()
                        .map(value -> value.getName() + " = " + value.getNumber())
                        .toList()));
    return actual;
  }

  private static List<String> fields(Descriptor message) {
    return message.getFields().stream().map(Contract::declaration).toList();
  }

  /** Reads rfc-002.txt: element to its lines, the lines of a oneof led by its name. */
  private static Map<String, List<String>> expected() {
    Map<String, List<String>> expected = new LinkedHashMap<>();
    String protoPackage = "";
    List<String> lines = new ArrayList<>();
    String oneof = "";
    for (String line : table()) {
      String text = line.strip();
      int depth = line.length() - line.stripLeading().length();
      if (depth == 0 && text.startsWith("package ")) {
        protoPackage = text.substring("package ".length());
      } else if (depth == 0) {
        int space = text.indexOf(' ');
        lines = new ArrayList<>();
        expected.put(
            text.substring(0, space + 1) + protoPackage + "." + text.substring(space + 1), lines);
      } else if (depth == 2) {
        oneof = text.startsWith("oneof ") ? text + " " : "";
        if (oneof.isEmpty()) {
          lines.add(text);
        }
      } else {
        lines.add(oneof + text);
      }
    }
    return expected;
  }

  private static List<String> table() {
    try (Stream<String> lines = Files.lines(Path.of("src/test/resources/rfc-002.txt"))) {
      return lines.filter(line -> !line.isBlank() && !line.startsWith("#")).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
