package io.prism.contract;

import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.DescriptorValidationException;
import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import com.google.protobuf.ExtensionRegistry;
import io.prism.options.v1.Access;
import io.prism.options.v1.OptionsProto;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * The compiled contract, with comments: every proto file of Prism, as protoc wrote it in this
 * build.
 */
final class Contract {

  private static final List<FileDescriptor> FILES = load();

  private Contract() {}

  static List<FileDescriptor> files() {
    return FILES;
  }

  static Stream<ServiceDescriptor> services() {
    return FILES.stream().flatMap(file -> file.getServices().stream());
  }

  static Stream<MethodDescriptor> rpcs() {
    return services().flatMap(service -> service.getMethods().stream());
  }

  /** All messages, nested ones included; the entries of maps are not messages of their own. */
  static Stream<Descriptor> messages() {
    return FILES.stream()
        .flatMap(file -> file.getMessageTypes().stream())
        .flatMap(Contract::withNested);
  }

  static Stream<EnumDescriptor> enums() {
    return Stream.concat(
        FILES.stream().flatMap(file -> file.getEnumTypes().stream()),
        messages().flatMap(message -> message.getEnumTypes().stream()));
  }

  static Access access(MethodDescriptor rpc) {
    return rpc.getOptions().getExtension(OptionsProto.access);
  }

  /** How a proto file would write the rpc. */
  static String signature(MethodDescriptor rpc) {
    return "%s(%s%s) returns (%s%s)"
        .formatted(
            rpc.getName(),
            rpc.isClientStreaming() ? "stream " : "",
            relative(rpc.getInputType().getFullName(), rpc.getFile().getPackage()),
            rpc.isServerStreaming() ? "stream " : "",
            relative(rpc.getOutputType().getFullName(), rpc.getFile().getPackage()));
  }

  /** How a proto file would write the field: label, type, name and number, led by its oneof. */
  static String declaration(FieldDescriptor field) {
    return label(field) + "%s %s = %d".formatted(type(field), field.getName(), field.getNumber());
  }

  private static String label(FieldDescriptor field) {
    if (field.getRealContainingOneof() != null) {
      return "oneof " + field.getRealContainingOneof().getName() + " ";
    }
    if (field.toProto().getProto3Optional()) {
      return "optional ";
    }
    return field.isRepeated() && !field.isMapField() ? "repeated " : "";
  }

  private static String type(FieldDescriptor field) {
    if (field.isMapField()) {
      Descriptor entry = field.getMessageType();
      return "map<%s, %s>"
          .formatted(type(entry.findFieldByNumber(1)), type(entry.findFieldByNumber(2)));
    }
    String from = field.getContainingType().getFullName();
    return switch (field.getJavaType()) {
      case MESSAGE -> relative(field.getMessageType().getFullName(), from);
      case ENUM -> relative(field.getEnumType().getFullName(), from);
      case INT, LONG, FLOAT, DOUBLE, BOOLEAN, STRING, BYTE_STRING ->
          field.getType().name().toLowerCase(Locale.ROOT);
    };
  }

  /**
   * The shortest name of a type as seen from a scope: without the package or message both share.
   */
  private static String relative(String type, String scope) {
    String prefix = scope;
    while (!prefix.isEmpty()) {
      // `prism` alone is no scope of ours: other packages are written in full.
      if (type.startsWith(prefix + ".") && prefix.indexOf('.') > 0) {
        return type.substring(prefix.length() + 1);
      }
      prefix = prefix.substring(0, Math.max(0, prefix.lastIndexOf('.')));
    }
    return type;
  }

  private static Stream<Descriptor> withNested(Descriptor message) {
    return Stream.concat(
        Stream.of(message),
        message.getNestedTypes().stream()
            .filter(nested -> !nested.getOptions().getMapEntry())
            .flatMap(Contract::withNested));
  }

  private static List<FileDescriptor> load() {
    ExtensionRegistry extensions = ExtensionRegistry.newInstance();
    OptionsProto.registerAllExtensions(extensions);
    Map<String, FileDescriptor> built = new HashMap<>();
    try (InputStream in = Contract.class.getResourceAsStream("/contract.binpb")) {
      Objects.requireNonNull(
          in, "contract.binpb is written by the build: run mvn generate-test-resources");
      for (FileDescriptorProto file : FileDescriptorSet.parseFrom(in, extensions).getFileList()) {
        // protoc writes a file after those that it imports.
        FileDescriptor[] imports =
            file.getDependencyList().stream().map(built::get).toArray(FileDescriptor[]::new);
        built.put(file.getName(), FileDescriptor.buildFrom(file, imports));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (DescriptorValidationException e) {
      throw new IllegalStateException(e);
    }
    return built.values().stream()
        .filter(file -> file.getPackage().startsWith("prism."))
        .sorted(Comparator.comparing(FileDescriptor::getFullName))
        .toList();
  }
}
