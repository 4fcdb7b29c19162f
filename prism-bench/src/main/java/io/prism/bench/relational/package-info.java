/** reader-svc and transact-svc beside JDBC, over the same tables. */
@NullMarked
package io.prism.bench.relational;

import org.jspecify.annotations.NullMarked;
