package io.prism.contract;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.EnumDescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.ServiceDescriptorProto;
import com.google.protobuf.DescriptorProtos.SourceCodeInfo.Location;
import com.google.protobuf.Descriptors.FileDescriptor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class DocumentationTest {

  private static final Pattern SOURCE = Pattern.compile("RFC-002\\s§\\d|Prism\\saddition");

  @Test
  void everyElementHasAComment() {
    assertThat(elements()).hasSizeGreaterThan(700);
    assertThat(elements().filter(element -> element.comment().isBlank()).map(Element::name))
        .isEmpty();
  }

  @Test
  void servicesRpcsMessagesAndEnumsNameTheirSource() {
    assertThat(
            elements()
                .filter(Element::namesItsSource)
                .filter(element -> !SOURCE.matcher(element.comment()).find())
                .map(Element::name))
        .isEmpty();
  }

  private static Stream<Element> elements() {
    return Contract.files().stream().map(FileDescriptor::toProto).flatMap(DocumentationTest::of);
  }

  private static Stream<Element> of(FileDescriptorProto file) {
    List<Element> elements = new ArrayList<>();
    Comments comments = new Comments(file);
    String scope = file.getPackage();
    comments.add(elements, scope, true, List.of(FileDescriptorProto.PACKAGE_FIELD_NUMBER));
    for (int i = 0; i < file.getServiceCount(); i++) {
      ServiceDescriptorProto service = file.getService(i);
      List<Integer> path = List.of(FileDescriptorProto.SERVICE_FIELD_NUMBER, i);
      String name = scope + "." + service.getName();
      comments.add(elements, name, true, path);
      for (int j = 0; j < service.getMethodCount(); j++) {
        comments.add(
            elements,
            name + "." + service.getMethod(j).getName(),
            true,
            path,
            ServiceDescriptorProto.METHOD_FIELD_NUMBER,
            j);
      }
    }
    for (int i = 0; i < file.getMessageTypeCount(); i++) {
      message(
          elements,
          comments,
          scope,
          file.getMessageType(i),
          List.of(FileDescriptorProto.MESSAGE_TYPE_FIELD_NUMBER, i));
    }
    for (int i = 0; i < file.getEnumTypeCount(); i++) {
      type(
          elements,
          comments,
          scope,
          file.getEnumType(i),
          List.of(FileDescriptorProto.ENUM_TYPE_FIELD_NUMBER, i));
    }
    for (int i = 0; i < file.getExtensionCount(); i++) {
      comments.add(
          elements,
          scope + "." + file.getExtension(i).getName(),
          true,
          List.of(FileDescriptorProto.EXTENSION_FIELD_NUMBER, i));
    }
    return elements.stream();
  }

  private static void message(
      List<Element> elements,
      Comments comments,
      String scope,
      DescriptorProto message,
      List<Integer> path) {
    if (message.getOptions().getMapEntry()) {
      return;
    }
    String name = scope + "." + message.getName();
    comments.add(elements, name, true, path);
    for (int i = 0; i < message.getFieldCount(); i++) {
      FieldDescriptorProto field = message.getField(i);
      comments.add(
          elements,
          name + "." + field.getName(),
          false,
          path,
          DescriptorProto.FIELD_FIELD_NUMBER,
          i);
    }
    for (int i = 0; i < message.getOneofDeclCount(); i++) {
      // protoc makes one for each optional field; those have no place in the source.
      int oneof = i;
      if (message.getFieldList().stream()
          .anyMatch(
              field ->
                  field.hasOneofIndex()
                      && field.getOneofIndex() == oneof
                      && !field.getProto3Optional())) {
        comments.add(
            elements,
            name + "." + message.getOneofDecl(i).getName(),
            false,
            path,
            DescriptorProto.ONEOF_DECL_FIELD_NUMBER,
            i);
      }
    }
    for (int i = 0; i < message.getNestedTypeCount(); i++) {
      message(
          elements,
          comments,
          name,
          message.getNestedType(i),
          join(path, DescriptorProto.NESTED_TYPE_FIELD_NUMBER, i));
    }
    for (int i = 0; i < message.getEnumTypeCount(); i++) {
      type(
          elements,
          comments,
          name,
          message.getEnumType(i),
          join(path, DescriptorProto.ENUM_TYPE_FIELD_NUMBER, i));
    }
  }

  private static void type(
      List<Element> elements,
      Comments comments,
      String scope,
      EnumDescriptorProto type,
      List<Integer> path) {
    String name = scope + "." + type.getName();
    comments.add(elements, name, true, path);
    for (int i = 0; i < type.getValueCount(); i++) {
      comments.add(
          elements,
          name + "." + type.getValue(i).getName(),
          false,
          path,
          EnumDescriptorProto.VALUE_FIELD_NUMBER,
          i);
    }
  }

  private static List<Integer> join(List<Integer> path, Integer... more) {
    return Stream.concat(path.stream(), Stream.of(more)).toList();
  }

  private record Element(String name, String comment, boolean namesItsSource) {}

  /** The comments of a file by the path of the element they belong to. */
  private static final class Comments {

    private final Map<List<Integer>, String> byPath = new HashMap<>();

    Comments(FileDescriptorProto file) {
      for (Location location : file.getSourceCodeInfo().getLocationList()) {
        byPath.put(
            List.copyOf(location.getPathList()),
            (location.getLeadingComments() + location.getTrailingComments())
                .replaceAll("\\s+", " "));
      }
    }

    void add(
        List<Element> elements,
        String name,
        boolean namesItsSource,
        List<Integer> path,
        Integer... more) {
      elements.add(new Element(name, byPath.getOrDefault(join(path, more), ""), namesItsSource));
    }
  }
}
