package io.prism.bench.deployment;

/** A data store that services stand on. */
enum Store {
  POSTGRESQL,
  KAFKA,
  REDIS,
  VECTOR_SETS,
  NATS,
  S3
}
