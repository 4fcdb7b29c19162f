@NullMarked
package io.prism.bench.deployment;

import org.jspecify.annotations.NullMarked;
