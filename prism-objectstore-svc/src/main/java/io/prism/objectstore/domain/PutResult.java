package io.prism.objectstore.domain;

/**
 * What became of an upload.
 *
 * @param etag of the object
 * @param versionId empty where the store keeps no versions
 */
public record PutResult(String etag, String versionId) {}
