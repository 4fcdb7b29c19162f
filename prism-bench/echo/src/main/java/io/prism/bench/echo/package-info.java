/** A service that is nothing but the server stack. */
@NullMarked
package io.prism.bench.echo;

import org.jspecify.annotations.NullMarked;
