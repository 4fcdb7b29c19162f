package io.prism.bench.relational;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class OrderTest {

  @Test
  void goesToPrismWithAllOfItsColumns() {
    Order order = Order.numbered(100_001, 500);

    assertThat(order.values()).hasSize(Order.WIDTH).containsOnlyKeys(Order.COLUMNS.split(", "));
    assertThat(order.values().get("amount").getStringValue()).isEqualTo("1000.01");
    assertThat(order.values().get("placed_at").getStringValue()).isEqualTo("2026-01-02T03:46:41Z");
  }
}
