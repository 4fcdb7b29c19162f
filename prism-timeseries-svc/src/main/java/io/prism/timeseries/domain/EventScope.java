package io.prism.timeseries.domain;

import java.util.List;

/**
 * What all events of a session have in common.
 *
 * @param namespace whose events they are
 * @param retentionDays days after which they are dropped
 * @param rollupDimensions names of the dimensions that rollups keep, sorted; {@code source} is one
 */
public record EventScope(String namespace, int retentionDays, List<String> rollupDimensions) {}
