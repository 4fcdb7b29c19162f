/** Tests of the Transact service through its rpcs, on a real PostgreSQL. */
@NullMarked
package io.prism.transact;

import org.jspecify.annotations.NullMarked;
