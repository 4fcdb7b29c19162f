package io.prism.starter;

import java.io.IOException;
import java.io.UncheckedIOException;
import org.springframework.boot.EnvironmentPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.io.ClassPathResource;

/** What every service is configured with unless it says otherwise: {@code prism-defaults.yml}. */
final class PrismDefaults implements EnvironmentPostProcessor {

  private static final String FILE = "prism-defaults.yml";

  @Override
  public void postProcessEnvironment(
      ConfigurableEnvironment environment, SpringApplication application) {
    try {
      new YamlPropertySourceLoader()
          .load("prism-defaults", new ClassPathResource(FILE, PrismDefaults.class.getClassLoader()))
          .forEach(environment.getPropertySources()::addLast);
    } catch (IOException e) {
      throw new UncheckedIOException(FILE, e);
    }
  }
}
