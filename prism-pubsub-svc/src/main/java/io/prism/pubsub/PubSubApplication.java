package io.prism.pubsub;

import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.builder.SpringApplicationBuilder;

/** Starts the PubSub service. */
@SpringBootApplication(proxyBeanMethods = false)
public class PubSubApplication {

  /** Runs the service until it is told to stop. */
  public static void main(String[] args) {
    // A name of its own, so that several services can share one class path.
    new SpringApplicationBuilder(PubSubApplication.class)
        .properties("spring.config.name=prism-pubsub")
        .run(args);
  }
}
