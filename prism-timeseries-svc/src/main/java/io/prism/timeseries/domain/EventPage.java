package io.prism.timeseries.domain;

import java.util.List;

/**
 * Some events of a query, in its order.
 *
 * @param more whether others follow
 */
public record EventPage(List<StoredEvent> events, boolean more) {}
