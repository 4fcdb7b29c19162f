package io.prism.contract;

import static org.assertj.core.api.Assertions.fail;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The committed snapshot makes each change of the contract a line in a review. */
class SnapshotTest {

  private static final Path SNAPSHOT = Path.of("src/test/resources/contract.snapshot.txt");
  private static final String UPDATE = "prism.snapshot.update";

  @Test
  void theContractIsTheCommittedOne() throws IOException {
    List<String> compiled = describe();
    if (Boolean.getBoolean(UPDATE)) {
      Files.write(SNAPSHOT, compiled);
      return;
    }
    List<String> committed = Files.readAllLines(SNAPSHOT);
    if (!compiled.equals(committed)) {
      fail(
          """
          the compiled contract differs from %s:
          %s
          RFC-002 §8.2 allows new rpcs, fields, enum values and messages, and nothing else.
          If that is what this is: ./mvnw -pl prism-proto test -D%s=true and commit the file."""
              .formatted(SNAPSHOT, difference(committed, compiled), UPDATE));
    }
  }

  private static List<String> describe() {
    List<String> lines = new ArrayList<>();
    for (FileDescriptor file : Contract.files()) {
      lines.add("file " + file.getFullName() + " java " + file.getOptions().getJavaPackage());
      file.getExtensions().forEach(extension -> lines.add(extension(extension)));
    }
    Contract.services()
        .sorted(Comparator.comparing(ServiceDescriptor::getFullName))
        .forEach(
            service -> {
              lines.add("service " + service.getFullName());
              service.getMethods().stream().map(SnapshotTest::rpc).sorted().forEach(lines::add);
            });
    Contract.messages()
        .sorted(Comparator.comparing(Descriptor::getFullName))
        .forEach(
            message -> {
              lines.add("message " + message.getFullName());
              message.getFields().stream()
                  .sorted(Comparator.comparingInt(FieldDescriptor::getNumber))
                  .map(SnapshotTest::field)
                  .forEach(lines::add);
            });
    Contract.enums()
        .sorted(Comparator.comparing(EnumDescriptor::getFullName))
        .forEach(
            type -> {
              lines.add("enum " + type.getFullName());
              type.getValues().stream()
                  .sorted(Comparator.comparingInt(EnumValueDescriptor::getNumber))
                  .map(SnapshotTest::value)
                  .forEach(lines::add);
            });
    return lines;
  }

  private static String extension(FieldDescriptor extension) {
    return "extension of %s: %s %s = %d"
        .formatted(
            extension.getContainingType().getFullName(),
            extension.getEnumType().getFullName(),
            extension.getFullName(),
            extension.getNumber());
  }

  private static String rpc(MethodDescriptor rpc) {
    return "rpc %s: %s %s"
        .formatted(
            rpc.getService().getFullName(), Contract.signature(rpc), Contract.access(rpc).name());
  }

  private static String field(FieldDescriptor field) {
    return "field %s: %s%s"
        .formatted(
            field.getContainingType().getFullName(),
            Contract.declaration(field),
            field.hasPresence() ? " (has presence)" : "");
  }

  private static String value(EnumValueDescriptor value) {
    return "value %s: %s = %d"
        .formatted(value.getType().getFullName(), value.getName(), value.getNumber());
  }

  private static String difference(List<String> committed, List<String> compiled) {
    Set<String> gone = new LinkedHashSet<>(committed);
    compiled.forEach(gone::remove);
    Set<String> come = new LinkedHashSet<>(compiled);
    committed.forEach(come::remove);
    return Stream.concat(
            gone.stream().map(line -> "  - " + line), come.stream().map(line -> "  + " + line))
        .collect(Collectors.joining("\n"));
  }
}
