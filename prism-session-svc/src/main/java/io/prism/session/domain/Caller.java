package io.prism.session.domain;

/**
 * Who makes an administrative call.
 *
 * @param namespace the namespace of its session
 * @param rights those of the credential that the session was created with
 */
public record Caller(String principal, String namespace, Rights rights) {}
