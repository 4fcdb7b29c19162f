/** The Cache service: its main class, its wiring and its properties. */
@NullMarked
package io.prism.cache;

import org.jspecify.annotations.NullMarked;
