/** The Vector service, as its clients see it. */
@NullMarked
package io.prism.vector;

import org.jspecify.annotations.NullMarked;
