package io.prism.bench.deployment;

import io.prism.local.engine.StartException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** Gives tests one deployment of real processes, which all tests share and which ends with them. */
public final class Deployed implements ParameterResolver {
  // Tests are over before the second compiler would have been of use.
  private static final List<String> OPTIONS = List.of("-XX:TieredStopAtLevel=1");

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == Deployment.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return context
        .getRoot()
        .getStore(ExtensionContext.Namespace.create(Deployed.class))
        .computeIfAbsent(Deployment.class, key -> deploy(), Deployment.class);
  }

  private static Deployment deploy() {
    Deployment deployment =
        Deployment.below(
            Path.of("target", "test-runs"), Checkout.named(), OPTIONS, System.out::println);
    try {
      // One after the other: all at once, each would take almost as long as it may.
      for (Service service : Service.values()) {
        deployment.start(List.of(service));
      }
      return deployment;
    } catch (InterruptedException e) {
      deployment.close();
      Thread.currentThread().interrupt();
      throw new StartException("interrupted while starting", e);
    } catch (RuntimeException e) {
      deployment.close();
      throw e;
    }
  }
}
