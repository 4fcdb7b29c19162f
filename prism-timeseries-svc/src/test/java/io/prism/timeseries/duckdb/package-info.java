@NullMarked
package io.prism.timeseries.duckdb;

import org.jspecify.annotations.NullMarked;
