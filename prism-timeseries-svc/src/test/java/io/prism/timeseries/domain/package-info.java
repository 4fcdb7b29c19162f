@NullMarked
package io.prism.timeseries.domain;

import org.jspecify.annotations.NullMarked;
