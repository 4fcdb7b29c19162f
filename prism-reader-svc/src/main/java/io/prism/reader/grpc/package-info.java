/** Between the wire and the domain. */
@NullMarked
package io.prism.reader.grpc;

import org.jspecify.annotations.NullMarked;
