package io.prism.session.domain;

import java.util.List;

/**
 * What one instance reports.
 *
 * @param sequence rises per instance; a report sent again has the same
 * @param services full names of the gRPC services that it serves; empty: as before
 * @param features their notable features; empty: as before
 */
public record InstanceReport(
    String instanceId,
    long sequence,
    List<String> services,
    List<String> features,
    List<SessionUse> use) {}
