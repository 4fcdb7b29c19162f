package io.prism.bench.echo;

import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.builder.SpringApplicationBuilder;

/** Starts the echo service. */
@SpringBootApplication(proxyBeanMethods = false)
public class EchoApplication {

  /** Runs the service until it is told to stop. */
  public static void main(String[] args) {
    new SpringApplicationBuilder(EchoApplication.class)
        .properties("spring.config.name=prism-bench-echo")
        .run(args);
  }
}
