/** The Queue service's rpcs. */
@NullMarked
package io.prism.queue.grpc;

import org.jspecify.annotations.NullMarked;
