@NullMarked
package io.prism.timeseries.grpc;

import org.jspecify.annotations.NullMarked;
