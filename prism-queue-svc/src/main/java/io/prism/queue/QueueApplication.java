package io.prism.queue;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** Starts the Queue service. */
@SpringBootApplication
public class QueueApplication {

  public static void main(String[] arguments) {
    // A name of its own, for in local mode several services' files are on one class path.
    System.setProperty("spring.config.name", "prism-queue");
    SpringApplication.run(QueueApplication.class, arguments);
  }
}
