/** The TimeSeries service: its main class, its wiring and its properties. */
@NullMarked
package io.prism.timeseries;

import org.jspecify.annotations.NullMarked;
