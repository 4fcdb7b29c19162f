@NullMarked
package io.prism.bench.relational;

import org.jspecify.annotations.NullMarked;
