package io.prism.session.domain;

/**
 * Who someone has proved to be.
 *
 * @param credential how: {@code api_key:<id>}, {@code oidc:<issuer>} or {@code mtls}
 */
public record Identity(String principal, String credential, Rights rights) {}
