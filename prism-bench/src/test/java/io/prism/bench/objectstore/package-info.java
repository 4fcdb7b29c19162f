@NullMarked
package io.prism.bench.objectstore;

import org.jspecify.annotations.NullMarked;
