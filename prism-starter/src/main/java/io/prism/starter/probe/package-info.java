/** Asks a deployed service, from outside, whether it works. */
@NullMarked
package io.prism.starter.probe;

import org.jspecify.annotations.NullMarked;
