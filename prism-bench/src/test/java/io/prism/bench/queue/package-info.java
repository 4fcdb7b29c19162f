@NullMarked
package io.prism.bench.queue;

import org.jspecify.annotations.NullMarked;
