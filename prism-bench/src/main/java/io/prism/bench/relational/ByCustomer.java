package io.prism.bench.relational;

import com.google.protobuf.util.Values;
import io.prism.reader.v1.FieldFilter;
import io.prism.reader.v1.Filter;
import java.util.Random;
import java.util.function.IntSupplier;

/** The orders of one customer, which an index leads to. */
final class ByCustomer {
  static final String CONDITION = "customer = ?";

  private static final int SEED = 1;

  private ByCustomer() {}

  /** Customers at random, the same ones each time. */
  static IntSupplier any(BenchTable table) {
    Random random = new Random(SEED);
    return () -> random.nextInt(table.customers());
  }

  /** The same condition for Prism. */
  static Filter filter(int customer) {
    return Filter.newBuilder()
        .setField(
            FieldFilter.newBuilder()
                .setField("customer")
                .setOp(FieldFilter.Operator.OPERATOR_EQUALS)
                .setValue(Values.of(customer)))
        .build();
  }
}
