@NullMarked
package io.prism.timeseries;

import org.jspecify.annotations.NullMarked;
