/** Vectors in Lucene indexes of this process. */
@NullMarked
package io.prism.vector.lucene;

import org.jspecify.annotations.NullMarked;
