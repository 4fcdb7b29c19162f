@NullMarked
package io.prism.bench.scenario;

import org.jspecify.annotations.NullMarked;
