/** Sessions, configurations, administration and the session feed over gRPC. */
@NullMarked
package io.prism.session.grpc;

import org.jspecify.annotations.NullMarked;
