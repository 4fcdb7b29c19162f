@NullMarked
package io.prism.timeseries.testing;

import org.jspecify.annotations.NullMarked;
