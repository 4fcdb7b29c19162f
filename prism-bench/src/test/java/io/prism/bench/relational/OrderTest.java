package io.prism.bench.relational;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Value;
import org.junit.jupiter.api.Test;

final class OrderTest {

  @Test
  void goesToPrismWithAllOfItsColumns() {
    Order order = Order.numbered(100_001, 500);

    assertThat(order.values())
        .hasSize(Order.WIDTH)
        .containsOnlyKeys(Order.COLUMNS.split(", "))
        .containsEntry("amount", text("1000.01"))
        .containsEntry("placed_at", text("2026-01-02T03:46:41Z"));
  }

  private static Value text(String text) {
    return Value.newBuilder().setStringValue(text).build();
  }
}
