package io.prism.reader.postgres;

import com.google.protobuf.Value;
import io.prism.reader.domain.Filter;
import io.prism.relational.Table;
import java.util.List;
import org.jooq.Condition;
import org.jooq.impl.DSL;
import org.jspecify.annotations.Nullable;

/**
 * A filter over a table.
 *
 * @param condition with parameters
 * @param shape says the condition, and no value; different conditions have different shapes
 * @param values of the parameters, each as its column's type has it
 */
record BoundFilter(Condition condition, String shape, List<@Nullable String> values) {

  private static final BoundFilter NONE = new BoundFilter(DSL.noCondition(), "", List.of());

  /**
   * A filter with its fields found in the table and its values converted.
   *
   * @throws io.prism.starter.error.PrismException INVALID_ARGUMENT when it does not suit the table
   */
  static BoundFilter of(Table table, @Nullable Filter<Value> filter) {
    return filter == null ? NONE : new FilterBinder(table).bind(filter);
  }
}
