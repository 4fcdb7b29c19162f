/** Health of the gRPC services and of the stores behind them. */
@NullMarked
package io.prism.starter.observe;

import org.jspecify.annotations.NullMarked;
