package io.prism.local.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
final class EnginesTest {
  private final List<String> events = new CopyOnWriteArrayList<>();
  private final List<String> progress = new CopyOnWriteArrayList<>();

  @Test
  void startsAllAtOnceAndStopsThemInReverse() throws Exception {
    CountDownLatch bothStarting = new CountDownLatch(2);
    Startable meet =
        () -> {
          bothStarting.countDown();
          bothStarting.await();
        };

    try (Engines engines = engines(new Scripted("first", meet), new Scripted("second", meet))) {
      engines.start();
    }

    assertThat(events).containsExactly("stop second", "stop first");
    assertThat(progress.getFirst()).isEqualTo("starting first and second ...");
    assertThat(progress)
        .anyMatch(line -> line.matches(" {2}first ready in \\d+\\.\\d s \\(here\\)"));
  }

  @Test
  void givesUpTheOthersWhenOneCannotBeStarted() {
    Startable never = () -> new CountDownLatch(1).await();
    Startable broken =
        () -> {
          throw new StartException("broken is broken");
        };

    assertThatThrownBy(
            () -> {
              try (Engines engines =
                  engines(new Scripted("slow", never), new Scripted("broken", broken))) {
                engines.start();
              }
            })
        .isInstanceOf(StartException.class)
        .hasMessage("broken is broken");

    assertThat(events).containsExactly("given up slow", "stop broken", "stop slow");
  }

  @Test
  void namesThemAll() throws Exception {
    Startable atOnce = () -> {};
    try (Engines engines =
        engines(
            new Scripted("first", atOnce),
            new Scripted("second", atOnce),
            new Scripted("third", atOnce))) {
      engines.start();
    }

    assertThat(progress.getFirst()).isEqualTo("starting first, second and third ...");
  }

  private Engines engines(Engine... engines) {
    return new Engines(List.of(engines), progress::add);
  }

  private interface Startable {
    void start() throws InterruptedException;
  }

  private final class Scripted implements Engine {
    private final String name;
    private final Startable start;

    Scripted(String name, Startable start) {
      this.name = name;
      this.start = start;
    }

    @Override
    public String name() {
      return name;
    }

    @Override
    public String address() {
      return "here";
    }

    @Override
    public void start() throws InterruptedException {
      try {
        start.start();
      } catch (InterruptedException e) {
        events.add("given up " + name);
        throw e;
      }
    }

    @Override
    public void stop() {
      events.add("stop " + name);
    }
  }
}
