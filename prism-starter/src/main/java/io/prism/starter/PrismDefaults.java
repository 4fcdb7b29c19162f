package io.prism.starter;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.Security;
import org.springframework.boot.EnvironmentPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.io.ClassPathResource;

/** What every service is configured with unless it says otherwise: {@code prism-defaults.yml}. */
final class PrismDefaults implements EnvironmentPostProcessor {

  // Java remembers addresses for 30 s, in which replicas come and go. It reads this at its first
  // look-up.
  private static final String ADDRESS_TTL = "networkaddress.cache.ttl";
  private static final String ADDRESS_TTL_SECONDS = "2";

  // Netty's search for leaks takes one buffer in 128 with the stack of who asked for it: 2 to 4 %
  // of
  // the CPU time. Whoever searches names another level. Netty reads it when it is first used.
  private static final String LEAK_DETECTION = "io.netty.leakDetection.level";

  private static final String FILE = "prism-defaults.yml";

  @Override
  public void postProcessEnvironment(
      ConfigurableEnvironment environment, SpringApplication application) {
    if (Security.getProperty(ADDRESS_TTL) == null
        && System.getProperty("sun.net.inetaddr.ttl") == null) {
      Security.setProperty(ADDRESS_TTL, ADDRESS_TTL_SECONDS);
    }
    if (System.getProperty(LEAK_DETECTION) == null) {
      System.setProperty(LEAK_DETECTION, "disabled");
    }
    try {
      new YamlPropertySourceLoader()
          .load("prism-defaults", new ClassPathResource(FILE, PrismDefaults.class.getClassLoader()))
          .forEach(environment.getPropertySources()::addLast);
    } catch (IOException e) {
      throw new UncheckedIOException(FILE, e);
    }
  }
}
