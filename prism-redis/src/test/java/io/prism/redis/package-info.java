@NullMarked
package io.prism.redis;

import org.jspecify.annotations.NullMarked;
