package io.prism.cache;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.prism.cache.domain.AnswerRoom;
import io.prism.cache.domain.CacheDefaults;
import io.prism.cache.domain.CacheRules;
import io.prism.cache.domain.Caches;
import io.prism.cache.domain.SourceGate;
import io.prism.cache.domain.Sources;
import io.prism.cache.postgres.DurableTable;
import io.prism.cache.postgres.PostgresProbe;
import io.prism.cache.postgres.SourceFailures;
import io.prism.cache.postgres.Sweep;
import io.prism.cache.redis.LookAsideCache;
import io.prism.cache.redis.MemoryCache;
import io.prism.cache.redis.SourcedReads;
import io.prism.cache.redis.WriteThroughCache;
import io.prism.redis.Fences;
import io.prism.redis.Invalidations;
import io.prism.redis.ReadThrough;
import io.prism.redis.RedisCopies;
import io.prism.redis.RedisLink;
import io.prism.redis.RedisValues;
import io.prism.relational.Catalogue;
import io.prism.starter.PrismFeature;
import io.prism.starter.backend.BackendGuard;
import io.prism.starter.backend.BackendGuards;
import io.prism.starter.observe.BackendProbe;
import javax.sql.DataSource;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** Wires the Cache service over Redis and PostgreSQL. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(CacheProperties.class)
@Import(RedisCopies.class)
class CacheConfiguration {

  @Bean
  CacheRules cacheRules(CacheProperties properties) {
    return new CacheRules(
        Math.toIntExact(properties.maxKey().toBytes()),
        Math.toIntExact(properties.maxValue().toBytes()),
        properties.maxBatch(),
        properties.maxTtl());
  }

  @Bean
  CacheDefaults cacheDefaults(CacheProperties properties) {
    return new CacheDefaults(properties.strategy(), properties.ttl());
  }

  @Bean
  BackendGuard postgresqlGuard(BackendGuards guards) {
    return guards.guard("postgresql", SourceFailures::isOutage);
  }

  @Bean
  Catalogue catalogue(DataSource dataSource, BackendGuard postgresqlGuard) {
    return new Catalogue(dataSource, postgresqlGuard);
  }

  @Bean
  SourceGate sourceGate(CacheProperties properties, MeterRegistry meters) {
    CacheProperties.SourceProtection source = properties.source();
    SourceGate gate = new SourceGate(source.maxConcurrent(), source.maxWaiting(), source.maxWait());
    Gauge.builder("prism.cache.source.load", gate, SourceGate::load)
        .description("loads and writes that run or wait for the source")
        .register(meters);
    return gate;
  }

  @Bean
  AnswerRoom answerRoom(CacheProperties properties, MeterRegistry meters) {
    CacheProperties.GetMulti settings = properties.getMulti();
    AnswerRoom room = new AnswerRoom(settings.maxAnswer().toBytes(), settings.maxHeld().toBytes());
    Gauge.builder("prism.cache.answers.held", room, AnswerRoom::held)
        .baseUnit("bytes")
        .description("room of answers to GetMulti that are read or sent")
        .register(meters);
    return room;
  }

  @Bean
  Caches caches(
      RedisLink redis,
      RedisValues values,
      ReadThrough copies,
      Invalidations invalidations,
      Fences fences,
      Sources sources,
      SourceGate gate) {
    SourcedReads reads = new SourcedReads(copies, sources, gate);
    return new Caches(
        new MemoryCache(redis, values),
        new LookAsideCache(reads, invalidations, fences),
        new WriteThroughCache(reads, invalidations, fences));
  }

  @Bean
  Sweep sweep(DurableTable table, CacheProperties properties) {
    return new Sweep(table, properties.sweep().interval(), properties.sweep().batch());
  }

  /**
   * Without Redis the source serves, and without PostgreSQL what is in Redis: an instance without
   * one of them is of more use than none. Only without both it is out of service.
   */
  @Bean
  BackendProbe storesProbe(RedisLink redis, DataSource dataSource) {
    return new StoresProbe(redis, new PostgresProbe(dataSource));
  }

  @Bean
  PrismFeature singleFlightFeature() {
    return new PrismFeature("cache.single_flight");
  }

  @Bean
  PrismFeature writeThroughFeature() {
    return new PrismFeature("cache.write_through");
  }
}
