/** Between the wire and the domain. */
@NullMarked
package io.prism.transact.grpc;

import org.jspecify.annotations.NullMarked;
