package io.prism.redis;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Configuration;

class ConditionalOnRedisTest {

  private final ApplicationContextRunner contexts =
      new ApplicationContextRunner().withUserConfiguration(WithRedis.class);

  @Configuration(proxyBeanMethods = false)
  @ConditionalOnRedis
  static class WithRedis {}

  @ParameterizedTest
  @ValueSource(
      strings = {
        "spring.data.redis.url=redis://cache",
        "spring.data.redis.host=cache",
        "spring.data.redis.sentinel.nodes=one:26379,two:26379",
        "spring.data.redis.cluster.nodes[0]=one:6379"
      })
  void aRedisThatIsNamedIsUsed(String property) {
    contexts
        .withPropertyValues(property)
        .run(context -> assertThat(context).hasSingleBean(WithRedis.class));
  }

  @Test
  void noneIsUsedThatIsNotNamed() {
    contexts
        .withPropertyValues("spring.data.redis.host=", "spring.data.redis.timeout=500ms")
        .run(context -> assertThat(context).doesNotHaveBean(WithRedis.class));
  }
}
