/** Circuit breaker, time limit and metrics around a call to a store. */
@NullMarked
package io.prism.starter.backend;

import org.jspecify.annotations.NullMarked;
