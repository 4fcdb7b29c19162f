package io.prism.vector;

import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;

/** Starts the Vector service. */
@SpringBootApplication(proxyBeanMethods = false, exclude = DataRedisAutoConfiguration.class)
public class VectorApplication {

  /** Runs the service until it is told to stop. */
  public static void main(String[] args) {
    // A name of its own, so that several services can share one class path.
    new SpringApplicationBuilder(VectorApplication.class)
        .properties("spring.config.name=prism-vector")
        .run(args);
  }
}
