package io.prism.objectstore;

import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.builder.SpringApplicationBuilder;

/** Starts the ObjectStore service. */
@SpringBootApplication(proxyBeanMethods = false)
public class ObjectStoreApplication {

  /** Runs the service until it is told to stop. */
  public static void main(String[] args) {
    // A name of its own, so that several services can share one class path.
    new SpringApplicationBuilder(ObjectStoreApplication.class)
        .properties("spring.config.name=prism-objectstore")
        .run(args);
  }
}
