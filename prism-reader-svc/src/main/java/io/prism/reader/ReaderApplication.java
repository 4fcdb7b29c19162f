package io.prism.reader;

import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.builder.SpringApplicationBuilder;

/** Starts the Reader service. */
@SpringBootApplication(proxyBeanMethods = false)
public class ReaderApplication {

  /** Runs the service until it is told to stop. */
  public static void main(String[] args) {
    // A name of its own, so that several services can share one class path.
    new SpringApplicationBuilder(ReaderApplication.class)
        .properties("spring.config.name=prism-reader")
        .run(args);
  }
}
