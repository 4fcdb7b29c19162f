/** The Transact service on PostgreSQL: how it is configured and started. */
@NullMarked
package io.prism.transact;

import org.jspecify.annotations.NullMarked;
