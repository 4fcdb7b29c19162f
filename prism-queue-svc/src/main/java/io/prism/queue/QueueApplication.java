package io.prism.queue;

import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.builder.SpringApplicationBuilder;

/** Starts the Queue service. */
@SpringBootApplication(proxyBeanMethods = false)
public class QueueApplication {

  /** Runs the service until it is told to stop. */
  public static void main(String[] args) {
    // A name of its own, so that several services can share one class path.
    new SpringApplicationBuilder(QueueApplication.class)
        .properties("spring.config.name=prism-queue")
        .run(args);
  }
}
