package io.prism.redis;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.springframework.context.annotation.Conditional;

/**
 * For services that can do without Redis: only where {@code spring.data.redis.url}, {@code host} or
 * the {@code nodes} of {@code sentinel}, {@code cluster} or {@code masterreplica} name one. Spring
 * Boot by itself would take the one of this machine.
 */
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Conditional(NamedRedis.class)
public @interface ConditionalOnRedis {}
