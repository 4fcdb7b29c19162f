/** The strategies of caching, over Redis. */
@NullMarked
package io.prism.cache.redis;

import org.jspecify.annotations.NullMarked;
