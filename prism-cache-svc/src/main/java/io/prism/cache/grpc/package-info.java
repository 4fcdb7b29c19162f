/** The Cache service's rpcs. */
@NullMarked
package io.prism.cache.grpc;

import org.jspecify.annotations.NullMarked;
