/**
 * Load and its measurement: closed and open loops over asynchronous operations, and what a round of
 * them yields. Knows nothing of Prism.
 */
@NullMarked
package io.prism.bench.load;

import org.jspecify.annotations.NullMarked;
