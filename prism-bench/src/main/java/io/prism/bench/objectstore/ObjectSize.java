package io.prism.bench.objectstore;

import io.prism.bench.load.ClosedLoop;
import io.prism.bench.load.Load;
import io.prism.bench.load.Operation;
import io.prism.bench.scenario.Bench;
import io.prism.bench.scenario.Unit;
import java.util.Optional;
import java.util.Random;

/** The objects of a scenario. */
public enum ObjectSize {
  /** Of 64 KB, one message; what counts is calls. */
  SMALL("64k", "64 KB", 64 * 1024, 256, 16, 1, Unit.CALLS_PER_SECOND),
  /** Of 64 MB, several parts; what counts is bytes. */
  LARGE("64m", "64 MB", 64 * 1024 * 1024, 4, 2, 64, Unit.MEGABYTES_PER_SECOND);

  private final String suffix;
  private final String text;
  private final int bytes;
  private final int count;
  private final int inFlight;
  private final int items;
  private final Unit unit;

  ObjectSize(String suffix, String text, int bytes, int count, int inFlight, int items, Unit unit) {
    this.suffix = suffix;
    this.text = text;
    this.bytes = bytes;
    this.count = count;
    this.inFlight = inFlight;
    this.items = items;
    this.unit = unit;
  }

  /** What the names of its scenarios end with. */
  String suffix() {
    return suffix;
  }

  Unit unit() {
    return unit;
  }

  /** How many objects there are; a round goes through them again and again. */
  int count() {
    return count;
  }

  /** What is done to these objects, for people. */
  String described(String verb) {
    return "%s of %s, %d in flight".formatted(verb, text, inFlight);
  }

  String key(int number) {
    return "bench-" + suffix + "/" + number % count;
  }

  /** Bytes that do not compress, the same each time. */
  byte[] content() {
    byte[] content = new byte[bytes];
    new Random(1).nextBytes(content);
    return content;
  }

  /** What was not done, if anything, when an object has so many bytes. */
  Optional<String> defect(long found) {
    return found == bytes
        ? Optional.empty()
        : Optional.of("%d bytes, expected %d".formatted(found, bytes));
  }

  /** As many at a time as a scenario has in flight. */
  Load load(Bench bench, Operation operation) {
    return load(bench.effort().readLimit(), operation);
  }

  /** Does it once to each object. */
  void fill(Bench bench, Operation put) throws InterruptedException {
    ClosedLoop.Limit each =
        new ClosedLoop.Limit(bench.effort().round().plusMinutes(1), (long) count * items);
    var _ = load(each, put).round();
  }

  private Load load(ClosedLoop.Limit limit, Operation operation) {
    return new ClosedLoop(inFlight, items, limit, Runnable::run, operation);
  }
}
