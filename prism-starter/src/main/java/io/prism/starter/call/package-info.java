/** The way of a call: the chain of interceptors, limits, streams, drain. */
@NullMarked
package io.prism.starter.call;

import org.jspecify.annotations.NullMarked;
