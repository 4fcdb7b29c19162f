/** The Reader service under test, and what tests say to it. */
@NullMarked
package io.prism.reader.testing;

import org.jspecify.annotations.NullMarked;
