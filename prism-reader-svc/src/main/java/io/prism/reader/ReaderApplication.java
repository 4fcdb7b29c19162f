package io.prism.reader;

import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;

/** Starts the Reader service. A Redis is used only where one is named. */
@SpringBootApplication(proxyBeanMethods = false, exclude = DataRedisAutoConfiguration.class)
public class ReaderApplication {

  /** Runs the service until it is told to stop. */
  public static void main(String[] args) {
    // A name of its own, so that several services can share one class path.
    new SpringApplicationBuilder(ReaderApplication.class)
        .properties("spring.config.name=prism-reader")
        .run(args);
  }
}
