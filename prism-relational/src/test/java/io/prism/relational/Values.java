package io.prism.relational;

import com.google.protobuf.ListValue;
import com.google.protobuf.NullValue;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Values of plain Java as they travel. */
final class Values {

  private Values() {}

  static Value of(@Nullable Object value) {
    Value.Builder builder = Value.newBuilder();
    return switch (value) {
      case null -> builder.setNullValue(NullValue.NULL_VALUE).build();
      case Boolean bool -> builder.setBoolValue(bool).build();
      case Number number -> builder.setNumberValue(number.doubleValue()).build();
      case String string -> builder.setStringValue(string).build();
      case List<?> list -> {
        ListValue.Builder values = ListValue.newBuilder();
        list.forEach(element -> values.addValues(of(element)));
        yield builder.setListValue(values).build();
      }
      case Map<?, ?> map -> {
        Struct.Builder struct = Struct.newBuilder();
        map.forEach((name, field) -> struct.putFields((String) name, of(field)));
        yield builder.setStructValue(struct).build();
      }
      default -> throw new IllegalArgumentException(value.toString());
    };
  }
}
