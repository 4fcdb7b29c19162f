/** The rpcs of the TimeSeries service. */
@NullMarked
package io.prism.timeseries.grpc;

import org.jspecify.annotations.NullMarked;
