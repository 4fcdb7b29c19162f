@NullMarked
package io.prism.relational;

import org.jspecify.annotations.NullMarked;
