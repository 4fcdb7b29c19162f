/** TLS 1.3 for the gRPC server and the session feed, with certificates that may change. */
@NullMarked
package io.prism.starter.tls;

import org.jspecify.annotations.NullMarked;
