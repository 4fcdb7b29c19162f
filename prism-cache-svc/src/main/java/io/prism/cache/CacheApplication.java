package io.prism.cache;

import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.builder.SpringApplicationBuilder;

/** Starts the Cache service. */
@SpringBootApplication(proxyBeanMethods = false)
public class CacheApplication {

  /** Runs the service until it is told to stop. */
  public static void main(String[] args) {
    // A name of its own, so that several services can share one class path.
    new SpringApplicationBuilder(CacheApplication.class)
        .properties("spring.config.name=prism-cache")
        .run(args);
  }
}
