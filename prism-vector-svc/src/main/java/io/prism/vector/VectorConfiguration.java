package io.prism.vector;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.prism.redis.RedisLink;
import io.prism.redis.SharedRedis;
import io.prism.starter.backend.BackendGuards;
import io.prism.starter.observe.BackendProbe;
import io.prism.vector.VectorProperties.Hnsw;
import io.prism.vector.VectorProperties.Lucene;
import io.prism.vector.grpc.AnswerLimit;
import io.prism.vector.grpc.HnswDefaults;
import io.prism.vector.lucene.LuceneSettings;
import io.prism.vector.lucene.LuceneVectorStore;
import io.prism.vector.redis.RedisVectorStore;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** Wires the Vector service over its store. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(VectorProperties.class)
class VectorConfiguration {

  @Bean
  HnswDefaults hnswDefaults(VectorProperties properties) {
    Hnsw hnsw = properties.hnsw();
    return new HnswDefaults(hnsw.m(), hnsw.efConstruction(), hnsw.efSearch());
  }

  @Bean
  AnswerLimit answerLimit(VectorProperties properties) {
    return new AnswerLimit(properties.maxAnswer().toBytes());
  }

  /** In Redis. */
  @Configuration(proxyBeanMethods = false)
  @ConditionalOnProperty(name = "prism.vector.store", havingValue = "redis", matchIfMissing = true)
  // Ours first: Boot makes only what is not there yet.
  @Import({SharedRedis.class, DataRedisAutoConfiguration.class})
  static class InRedis {

    @Bean
    RedisVectorStore vectorStore(
        RedisLink redis, VectorProperties properties, MeterRegistry meters) {
      return new RedisVectorStore(redis, properties.redis().quantization(), meters);
    }

    @Bean
    BackendProbe redisProbe(RedisLink redis) {
      return BackendProbe.of("redis", redis::check);
    }
  }

  /** In Lucene. */
  @Configuration(proxyBeanMethods = false)
  @ConditionalOnProperty(name = "prism.vector.store", havingValue = "lucene")
  static class InLucene {

    @Bean
    LuceneVectorStore vectorStore(
        VectorProperties properties, BackendGuards guards, MeterRegistry meters) {
      Lucene lucene = properties.lucene();
      LuceneVectorStore store =
          new LuceneVectorStore(
              new LuceneSettings(
                  lucene.folder(),
                  lucene.maxIndexes(),
                  lucene.commitInterval(),
                  lucene.buffer().toBytes()),
              guards.guard("lucene", LuceneVectorStore::isOutage));
      Gauge.builder("prism.vector.buffered", store, LuceneVectorStore::bufferedBytes)
          .baseUnit("bytes")
          .description("memory for vectors that are not in files yet")
          .register(meters);
      Gauge.builder("prism.vector.stored", store, LuceneVectorStore::size)
          .description("vectors of the open indexes")
          .register(meters);
      return store;
    }

    @Bean
    BackendProbe luceneProbe(LuceneVectorStore store) {
      return BackendProbe.of("lucene", store::check);
    }
  }
}
