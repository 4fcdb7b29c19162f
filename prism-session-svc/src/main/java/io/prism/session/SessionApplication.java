package io.prism.session;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.annotation.Import;

/** Starts session-svc. */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
@Import(SessionConfiguration.class)
public class SessionApplication {

  /** Runs the service until it is told to stop. */
  public static void main(String[] args) {
    // A name of its own, so that several services can share one class path.
    new SpringApplicationBuilder(SessionApplication.class)
        .properties("spring.config.name=prism-session")
        .run(args);
  }
}
