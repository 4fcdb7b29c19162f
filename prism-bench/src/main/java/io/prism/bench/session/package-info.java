/** session-svc, for which there is nothing to compare with. */
@NullMarked
package io.prism.bench.session;

import org.jspecify.annotations.NullMarked;
