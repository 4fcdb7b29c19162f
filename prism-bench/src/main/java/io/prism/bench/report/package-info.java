/** Figures, as tables for people and as JSON that later runs add to. */
@NullMarked
package io.prism.bench.report;

import org.jspecify.annotations.NullMarked;
