/** Rows of PostgreSQL's tables and views. */
@NullMarked
package io.prism.reader.postgres;

import org.jspecify.annotations.NullMarked;
