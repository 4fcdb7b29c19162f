@org.jspecify.annotations.NullMarked
package io.prism.timeseries.clickhouse;
