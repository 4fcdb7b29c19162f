/** Transactions, mailboxes and idempotency in PostgreSQL. */
@NullMarked
package io.prism.transact.postgres;

import org.jspecify.annotations.NullMarked;
