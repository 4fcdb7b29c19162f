/** A client of Prism in Java. */
@NullMarked
package io.prism.example;

import org.jspecify.annotations.NullMarked;
