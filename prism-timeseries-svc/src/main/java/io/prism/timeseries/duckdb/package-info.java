/** Events and rollups in a DuckDB database of this process, for local mode. */
@NullMarked
package io.prism.timeseries.duckdb;

import org.jspecify.annotations.NullMarked;
