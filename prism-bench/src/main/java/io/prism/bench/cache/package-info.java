/** Scenarios of the Cache service, beside Lettuce. */
@NullMarked
package io.prism.bench.cache;

import org.jspecify.annotations.NullMarked;
