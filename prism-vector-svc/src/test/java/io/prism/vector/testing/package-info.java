/** What tests of the Vector service share. */
@NullMarked
package io.prism.vector.testing;

import org.jspecify.annotations.NullMarked;
