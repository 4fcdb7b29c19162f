/** The ObjectStore service: its main class, its wiring and its properties. */
@NullMarked
package io.prism.objectstore;

import org.jspecify.annotations.NullMarked;
