package io.prism.bench.deployment;

import io.prism.local.engine.Engine;
import io.prism.local.engine.Engines;
import io.prism.local.engine.KafkaEngine;
import io.prism.local.engine.PostgresEngine;
import io.prism.local.engine.RedisEngine;
import io.prism.local.engine.StartException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** The stores of one deployment, each started when it is first needed. Not thread-safe. */
final class Stores implements AutoCloseable {
  private static final String DATABASE = "prism";

  private final PostgresEngine postgres;
  private final KafkaEngine kafka;
  private final RedisEngine redis;
  private final VectorSetsEngine vectorSets;
  private final NatsEngine nats;
  private final S3Engine s3;
  private final Consumer<String> progress;
  private final Set<Store> started = EnumSet.noneOf(Store.class);

  /**
   * @param folder that holds their data
   * @param kafkaHome the folder whose {@code kafka} holds the broker's jars
   */
  Stores(Path folder, Path kafkaHome, Consumer<String> progress) {
    this.postgres = new PostgresEngine(folder);
    this.kafka = new KafkaEngine(folder, kafkaHome);
    this.redis = new RedisEngine(folder);
    this.vectorSets = new VectorSetsEngine(folder);
    this.nats = new NatsEngine(folder);
    this.s3 = new S3Engine(folder);
    this.progress = progress;
  }

  /** Stops what a killed driver has left running over a folder. */
  static void stopLeft(Path folder, Path kafkaHome) {
    new PostgresEngine(folder).stop();
    new KafkaEngine(folder, kafkaHome).stop();
    new RedisEngine(folder).stop();
    new VectorSetsEngine(folder).stop();
    new NatsEngine(folder).stop();
    new S3Engine(folder).stop();
  }

  /** Why a store cannot be had on this machine, if it cannot. */
  Optional<String> missing(Store store) throws InterruptedException {
    return switch (store) {
      case POSTGRESQL, KAFKA, S3 -> Optional.empty();
      case REDIS -> redis.missing();
      case VECTOR_SETS -> vectorSets.missing();
      case NATS -> nats.missing();
    };
  }

  /** Returns when all of them run. */
  void start(Set<Store> wanted) throws InterruptedException {
    Set<Store> missing = EnumSet.noneOf(Store.class);
    missing.addAll(wanted);
    missing.removeAll(started);
    if (missing.isEmpty()) {
      return;
    }
    new Engines(missing.stream().map(this::engine).toList(), progress).start();
    if (missing.contains(Store.POSTGRESQL)) {
      createDatabase();
    }
    started.addAll(missing);
  }

  /** The broker, running. */
  Engine kafka() throws InterruptedException {
    start(Set.of(Store.KAFKA));
    return kafka;
  }

  /** Redis, running. */
  RedisEngine redis() throws InterruptedException {
    start(Set.of(Store.REDIS));
    return redis;
  }

  /** The address of a Redis with vector sets, running. */
  String vectorSetsUrl() throws InterruptedException {
    start(Set.of(Store.VECTOR_SETS));
    return vectorSets.url();
  }

  /** nats-server, running. */
  Engine nats() throws InterruptedException {
    start(Set.of(Store.NATS));
    return nats;
  }

  /** What stands in for S3, running. */
  S3Access s3() throws InterruptedException {
    start(Set.of(Store.S3));
    return s3.access();
  }

  /** The database, on a running PostgreSQL. */
  Database database() throws InterruptedException {
    start(Set.of(Store.POSTGRESQL));
    return new Database(postgres.jdbcUrl(DATABASE), postgres.user(), postgres.password());
  }

  /** What tells a service where a running store is. */
  Map<String, String> properties(Store store) {
    return switch (store) {
      case POSTGRESQL ->
          Map.of(
              "spring.datasource.url", postgres.jdbcUrl(DATABASE),
              "spring.datasource.username", postgres.user(),
              "spring.datasource.password", postgres.password());
      case KAFKA -> Map.of("spring.kafka.bootstrap-servers", kafka.address());
      case REDIS -> Map.of("spring.data.redis.url", redis.url());
      case VECTOR_SETS -> Map.of("spring.data.redis.url", vectorSets.url());
      case NATS -> Map.of("prism.pubsub.nats.servers", "nats://" + nats.address());
      case S3 -> s3.access().properties();
    };
  }

  private Engine engine(Store store) {
    return switch (store) {
      case POSTGRESQL -> postgres;
      case KAFKA -> kafka;
      case REDIS -> redis;
      case VECTOR_SETS -> vectorSets;
      case NATS -> nats;
      case S3 -> s3;
    };
  }

  private void createDatabase() {
    try {
      postgres.ensureDatabase(DATABASE);
    } catch (SQLException e) {
      throw new StartException("cannot create the database " + DATABASE + ": " + e, e);
    }
  }

  @Override
  public void close() {
    new Engines(List.of(postgres, kafka, redis, vectorSets, nats, s3), progress).close();
  }
}
