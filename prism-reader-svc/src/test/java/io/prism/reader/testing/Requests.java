package io.prism.reader.testing;

import com.google.protobuf.ListValue;
import com.google.protobuf.NullValue;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.prism.reader.v1.CompositeFilter;
import io.prism.reader.v1.CompositeFilter.LogicalOperator;
import io.prism.reader.v1.FieldFilter;
import io.prism.reader.v1.FieldFilter.Operator;
import io.prism.reader.v1.Filter;
import io.prism.reader.v1.Page;
import io.prism.reader.v1.ReadRequest;
import io.prism.reader.v1.Row;
import io.prism.reader.v1.Sort;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What tests send, and how they read what comes back. */
public final class Requests {

  private Requests() {}

  /** A value of plain Java as it travels. */
  public static Value value(@Nullable Object value) {
    Value.Builder builder = Value.newBuilder();
    return switch (value) {
      case null -> builder.setNullValue(NullValue.NULL_VALUE).build();
      case Value ready -> ready;
      case Boolean bool -> builder.setBoolValue(bool).build();
      case Number number -> builder.setNumberValue(number.doubleValue()).build();
      case String string -> builder.setStringValue(string).build();
      case List<?> list -> {
        ListValue.Builder values = ListValue.newBuilder();
        list.forEach(element -> values.addValues(value(element)));
        yield builder.setListValue(values).build();
      }
      case Map<?, ?> map -> {
        Struct.Builder struct = Struct.newBuilder();
        map.forEach((name, field) -> struct.putFields((String) name, value(field)));
        yield builder.setStructValue(struct).build();
      }
      default -> throw new IllegalArgumentException(value.toString());
    };
  }

  public static Filter field(String field, Operator operator, @Nullable Object value) {
    return Filter.newBuilder()
        .setField(FieldFilter.newBuilder().setField(field).setOp(operator).setValue(value(value)))
        .build();
  }

  public static Filter all(Filter... filters) {
    return composite(LogicalOperator.LOGICAL_OPERATOR_AND, filters);
  }

  public static Filter any(Filter... filters) {
    return composite(LogicalOperator.LOGICAL_OPERATOR_OR, filters);
  }

  public static Filter not(Filter filter) {
    return composite(LogicalOperator.LOGICAL_OPERATOR_NOT, filter);
  }

  public static Filter composite(LogicalOperator operator, Filter... filters) {
    return Filter.newBuilder()
        .setComposite(CompositeFilter.newBuilder().setOp(operator).addAllFilters(List.of(filters)))
        .build();
  }

  public static Sort ascending(String field) {
    return Sort.newBuilder().setField(field).setDirection(Sort.Direction.DIRECTION_ASC).build();
  }

  public static Sort descending(String field) {
    return Sort.newBuilder().setField(field).setDirection(Sort.Direction.DIRECTION_DESC).build();
  }

  public static ReadRequest.Builder read(String collection) {
    return ReadRequest.newBuilder().setCollection(collection);
  }

  public static List<Page> pages(Iterator<Page> stream) {
    List<Page> pages = new ArrayList<>();
    stream.forEachRemaining(pages::add);
    return pages;
  }

  public static List<Row> rows(List<Page> pages) {
    return pages.stream().flatMap(page -> page.getRowsList().stream()).toList();
  }

  /** One field of each row; null for a null value. */
  public static List<@Nullable Object> valuesOf(List<Row> rows, String field) {
    List<@Nullable Object> values = new ArrayList<>();
    rows.forEach(row -> values.add(plain(row.getFieldsOrThrow(field))));
    return values;
  }

  /** A value as plain Java. */
  public static @Nullable Object plain(Value value) {
    return switch (value.getKindCase()) {
      case NULL_VALUE, KIND_NOT_SET -> null;
      case NUMBER_VALUE -> value.getNumberValue();
      case STRING_VALUE -> value.getStringValue();
      case BOOL_VALUE -> value.getBoolValue();
      case STRUCT_VALUE, LIST_VALUE -> value;
    };
  }
}
