@NullMarked
package io.prism.bench.client;

import org.jspecify.annotations.NullMarked;
