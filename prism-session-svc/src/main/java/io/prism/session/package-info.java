/** Starts session-svc and wires it. */
@NullMarked
package io.prism.session;

import org.jspecify.annotations.NullMarked;
