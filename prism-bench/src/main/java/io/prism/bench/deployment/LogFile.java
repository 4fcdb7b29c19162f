package io.prism.bench.deployment;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What a process has written. */
final class LogFile {
  private static final int LAST_LINES = 20;

  private LogFile() {}

  /** Its last lines, indented. */
  static String end(Path log) {
    // Whatever bytes a crash may have left there.
    try (Stream<String> lines = Files.lines(log, StandardCharsets.ISO_8859_1)) {
      List<String> all = lines.toList();
      return all.stream()
          .skip(Math.max(0, all.size() - LAST_LINES))
          .map(line -> "    " + line)
          .collect(Collectors.joining("\n"));
    } catch (IOException | UncheckedIOException e) {
      return "    (not readable: " + e.getMessage() + ")";
    }
  }
}
