/**
 * Failures and how they reach a client: one exception class, one place that makes statuses of them.
 */
@NullMarked
package io.prism.starter.error;

import org.jspecify.annotations.NullMarked;
