package io.prism.local.services;

/**
 * Where local mode listens, on the loopback address.
 *
 * @param grpc all services
 * @param management HTTP: health, metrics, JWKS
 */
public record Ports(int grpc, int management) {}
