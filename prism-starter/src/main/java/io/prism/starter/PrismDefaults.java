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
  private static final String FILE = "prism-defaults.yml";

  @Override
  public void postProcessEnvironment(
      ConfigurableEnvironment environment, SpringApplication application) {
    if (Security.getProperty(ADDRESS_TTL) == null
        && System.getProperty("sun.net.inetaddr.ttl") == null) {
      Security.setProperty(ADDRESS_TTL, ADDRESS_TTL_SECONDS);
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
