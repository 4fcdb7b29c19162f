/** What every Prism service shares, auto-configured. */
@NullMarked
package io.prism.starter;

import org.jspecify.annotations.NullMarked;
