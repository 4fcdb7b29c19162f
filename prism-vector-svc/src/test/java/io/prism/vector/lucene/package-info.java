/** Vectors in Lucene. */
@NullMarked
package io.prism.vector.lucene;

import org.jspecify.annotations.NullMarked;
