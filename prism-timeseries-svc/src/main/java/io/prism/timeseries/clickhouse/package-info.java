/** Events and rollups in ClickHouse. */
@NullMarked
package io.prism.timeseries.clickhouse;

import org.jspecify.annotations.NullMarked;
