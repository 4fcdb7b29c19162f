/** Scenarios of the Vector service. */
@NullMarked
package io.prism.bench.vector;

import org.jspecify.annotations.NullMarked;
