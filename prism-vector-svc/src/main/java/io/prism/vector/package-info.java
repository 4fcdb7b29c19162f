/** The Vector service: similarity search. */
@NullMarked
package io.prism.vector;

import org.jspecify.annotations.NullMarked;
