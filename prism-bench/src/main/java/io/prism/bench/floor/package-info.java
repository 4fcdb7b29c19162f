/** What a call costs before any service does its work. */
@NullMarked
package io.prism.bench.floor;

import org.jspecify.annotations.NullMarked;
