/** Local mode: everything Prism needs, started by one command on one machine. */
@NullMarked
package io.prism.local;

import org.jspecify.annotations.NullMarked;
