/** What a comparison is: a scenario, its two sides, and how they are run against each other. */
@NullMarked
package io.prism.bench.scenario;

import org.jspecify.annotations.NullMarked;
