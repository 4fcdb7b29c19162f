@NullMarked
package io.prism.reader;

import org.jspecify.annotations.NullMarked;
