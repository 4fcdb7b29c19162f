/** Time series: Prism beside DuckDB, which its service keeps them in on one machine. */
@NullMarked
package io.prism.bench.timeseries;

import org.jspecify.annotations.NullMarked;
