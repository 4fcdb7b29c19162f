/** Sources in PostgreSQL: the durable table, and collections. */
@NullMarked
package io.prism.cache.postgres;

import org.jspecify.annotations.NullMarked;
