/** The wire of the Vector service. */
@NullMarked
package io.prism.vector.grpc;

import org.jspecify.annotations.NullMarked;
