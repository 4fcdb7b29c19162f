@NullMarked
package io.prism.cache;

import org.jspecify.annotations.NullMarked;
