package io.prism.redis;

import java.util.List;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.annotation.Condition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.type.AnnotatedTypeMetadata;

/** Whether properties name a Redis. */
final class NamedRedis implements Condition {

  private static final List<String> ONE = List.of("url", "host");
  private static final List<String> SEVERAL =
      List.of("sentinel.nodes", "cluster.nodes", "masterreplica.nodes");
  private static final String PREFIX = "spring.data.redis.";

  @Override
  public boolean matches(ConditionContext context, AnnotatedTypeMetadata metadata) {
    Binder binder = Binder.get(context.getEnvironment());
    return ONE.stream()
            .anyMatch(name -> !binder.bind(PREFIX + name, String.class).orElse("").isBlank())
        || SEVERAL.stream()
            .anyMatch(
                name ->
                    binder
                        .bind(PREFIX + name, Bindable.listOf(String.class))
                        .map(nodes -> !nodes.isEmpty())
                        .orElse(false));
  }
}
