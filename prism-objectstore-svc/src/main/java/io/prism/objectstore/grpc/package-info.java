/** The ObjectStore service's rpcs. */
@NullMarked
package io.prism.objectstore.grpc;

import org.jspecify.annotations.NullMarked;
