package io.prism.vector.grpc;

/**
 * What holds where a session's configuration says nothing.
 *
 * @param links HNSW's M
 * @param efConstruction candidates that are looked at while indexing
 * @param efSearch candidates that are looked at while searching
 */
public record HnswDefaults(int links, int efConstruction, int efSearch) {}
