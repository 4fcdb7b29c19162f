/** What vectors, indexes and searches are, whatever the store. */
@NullMarked
package io.prism.vector.domain;

import org.jspecify.annotations.NullMarked;
