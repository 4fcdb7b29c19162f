package io.prism.starter.testing;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;

/** Waits for a condition, for a bounded time; the only place in tests that lets time pass. */
public final class Await {

  private static final Duration LIMIT = Duration.ofSeconds(10);
  private static final long STEP_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

  private Await() {}

  /** Waits at most 10 s until a condition holds; fails with {@code what} when it never does. */
  public static void until(String what, Callable<Boolean> condition) {
    until(what, LIMIT, condition);
  }

  /** Waits until a condition holds; fails with {@code what} when it never does. */
  public static void until(String what, Duration limit, Callable<Boolean> condition) {
    value(what, limit, condition, Boolean::booleanValue);
  }

  /** Waits at most 10 s until a value is right, and returns it. */
  public static <T> T value(String what, Callable<T> source, Predicate<? super T> isRight) {
    return value(what, LIMIT, source, isRight);
  }

  /** Waits until a value is right, and returns it; fails with {@code what} and the last value. */
  public static <T> T value(
      String what, Duration limit, Callable<T> source, Predicate<? super T> isRight) {
    long end = System.nanoTime() + limit.toNanos();
    while (true) {
      T value;
      try {
        value = source.call();
      } catch (RuntimeException e) {
        throw e;
      } catch (Exception e) {
        throw new AssertionError("waiting for " + what + " failed", e);
      }
      if (isRight.test(value)) {
        return value;
      }
      if (System.nanoTime() >= end) {
        throw new AssertionError("after " + limit + " not yet: " + what + " (last: " + value + ")");
      }
      LockSupport.parkNanos(STEP_NANOS);
    }
  }
}
