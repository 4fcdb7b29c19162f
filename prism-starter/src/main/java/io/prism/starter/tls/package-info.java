/** TLS 1.3 for the gRPC server, reloaded when its SSL bundle changes. */
@NullMarked
package io.prism.starter.tls;

import org.jspecify.annotations.NullMarked;
