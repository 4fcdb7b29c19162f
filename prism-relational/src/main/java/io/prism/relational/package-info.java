/**
 * PostgreSQL's tables as services see them: which schema a namespace has, what is in it, how values
 * travel, what failures mean.
 */
@NullMarked
package io.prism.relational;

import org.jspecify.annotations.NullMarked;
