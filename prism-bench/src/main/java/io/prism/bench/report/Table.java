package io.prism.bench.report;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Rows as a Markdown table. */
public final class Table {
  private static final String NONE = "–";
  private static final double SMALL = 100;

  private Table() {}

  /**
   * The table, with a line end after each row.
   *
   * @param floor the scenario that others of the same unit are also compared with
   */
  public static String of(List<Row> rows, String floor) {
    @Nullable Row ground =
        rows.stream().filter(row -> row.scenario().equals(floor)).findFirst().orElse(null);
    StringBuilder text = new StringBuilder();
    text.append(
        "| scenario | unit | Prism | direct | ratio | of %s | p50 / p99 ms | direct p50 / p99 ms"
            .formatted(floor));
    text.append(" | service CPU µs | service heap MB |\n");
    text.append("|---|---|--:|--:|--:|--:|--:|--:|--:|--:|\n");
    for (Row row : rows) {
      text.append(
          "| %s | %s | %s | %s | %s | %s | %s | %s | %s | %s |\n"
              .formatted(
                  row.scenario(),
                  row.unit(),
                  number(row.prism()),
                  number(row.direct()),
                  share(row.ratio()),
                  share(ofFloor(row, ground)),
                  pair(row.p50Ms(), row.p99Ms()),
                  pair(row.directP50Ms(), row.directP99Ms()),
                  tenths(row.serviceCpuUs()),
                  tenths(row.serviceHeapMb())));
    }
    return text.toString();
  }

  private static @Nullable Double ofFloor(Row row, @Nullable Row ground) {
    if (ground == null || row.equals(ground) || !row.unit().equals(ground.unit())) {
      return null;
    }
    Double figure = row.prism();
    Double floor = ground.prism();
    return figure == null || floor == null ? null : figure / floor;
  }

  private static String number(@Nullable Double value) {
    if (value == null) {
      return NONE;
    }
    return value < SMALL ? format("%.2f", value) : format("%,.0f", value).replace(',', ' ');
  }

  private static String pair(@Nullable Double one, @Nullable Double other) {
    return one == null || other == null
        ? NONE
        : format("%.2f", one) + " / " + format("%.2f", other);
  }

  private static String share(@Nullable Double value) {
    return value == null ? NONE : format("%.2f", value);
  }

  private static String tenths(@Nullable Double value) {
    return value == null ? NONE : format("%.1f", value);
  }

  private static String format(String form, double value) {
    return String.format(Locale.ROOT, form, value);
  }
}
