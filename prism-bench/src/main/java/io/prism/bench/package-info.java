/** The load driver of the suite: {@code ./prism bench}. */
@NullMarked
package io.prism.bench;

import org.jspecify.annotations.NullMarked;
