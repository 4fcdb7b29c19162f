package io.prism.transact;

import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;

/** Starts the Transact service. A Redis is used only where one is named. */
@SpringBootApplication(proxyBeanMethods = false, exclude = DataRedisAutoConfiguration.class)
public class TransactApplication {

  /** Runs the service until it is told to stop. */
  public static void main(String[] args) {
    // A name of its own, so that several services can share one class path.
    new SpringApplicationBuilder(TransactApplication.class)
        .properties("spring.config.name=prism-transact")
        .run(args);
  }
}
