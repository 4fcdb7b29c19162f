/** What tests of the Transact service share. */
@NullMarked
package io.prism.transact.testing;

import org.jspecify.annotations.NullMarked;
