@NullMarked
package io.prism.reader.postgres;

import org.jspecify.annotations.NullMarked;
