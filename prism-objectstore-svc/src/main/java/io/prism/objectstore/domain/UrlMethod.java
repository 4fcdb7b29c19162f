package io.prism.objectstore.domain;

/** What a presigned URL is for. */
public enum UrlMethod {
  GET,
  PUT,
  DELETE
}
