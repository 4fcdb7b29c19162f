package io.prism.bench.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RunFolderTest {
  @TempDir private Path temporary;
  private Path parent;
  private final List<Path> stopped = new ArrayList<>();

  @BeforeEach
  void resolveLinks() throws IOException {
    parent = temporary.toRealPath();
  }

  @Test
  void goesWithAllThatIsInIt() throws IOException {
    Path path;
    try (RunFolder folder = RunFolder.below(parent, stopped::add)) {
      path = folder.path();
      Files.writeString(Files.createDirectories(path.resolve("a/b")).resolve("file"), "data");
    }

    assertThat(path).doesNotExist();
    assertThat(parent).isEmptyDirectory();
  }

  @Test
  void removesWhatAKilledOneLeftBehind() throws IOException {
    Path left = Files.createDirectories(parent.resolve("run-1"));
    Files.writeString(left.resolve("lock"), "");
    Files.writeString(left.resolve("data"), "data");

    try (RunFolder folder = RunFolder.below(parent, stopped::add)) {
      assertThat(stopped).containsExactly(left);
      assertThat(left).doesNotExist();
      assertThat(folder.path()).exists();
    }
  }

  @Test
  void leavesWhatIsNotItsOwn() throws IOException {
    Path justBeingMade = Files.createDirectories(parent.resolve("run-2"));
    Path other = Files.createDirectories(parent.resolve("other"));

    try (RunFolder folder = RunFolder.below(parent, stopped::add)) {
      assertThat(folder.path()).isNotIn(justBeingMade, other);
    }

    assertThat(stopped).isEmpty();
    assertThat(justBeingMade).exists();
    assertThat(other).exists();
  }
}
