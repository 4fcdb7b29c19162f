package io.prism.bench.deployment;

/** A data store that services stand on. */
enum Store {
  POSTGRESQL,
  KAFKA,
  REDIS,
  NATS,
  S3
}
