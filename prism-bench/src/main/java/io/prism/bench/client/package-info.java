/** A client of Prism, as an application would have it. */
@NullMarked
package io.prism.bench.client;

import org.jspecify.annotations.NullMarked;
