/** What events, queries, aggregates and rollups are, whatever the store. */
@NullMarked
package io.prism.timeseries.domain;

import org.jspecify.annotations.NullMarked;
