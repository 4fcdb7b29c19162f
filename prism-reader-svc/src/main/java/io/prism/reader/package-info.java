/** The Reader service: its main class, its wiring and its properties. */
@NullMarked
package io.prism.reader;

import org.jspecify.annotations.NullMarked;
