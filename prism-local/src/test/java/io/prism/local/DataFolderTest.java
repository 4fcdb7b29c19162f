package io.prism.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DataFolderTest {
  @TempDir Path temporary;

  @Test
  void isMadeForItsOwnerOnly() throws Exception {
    try (DataFolder folder = DataFolder.take(temporary.resolve("a/b"), "127.0.0.1:1")) {
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.path())))
          .isEqualTo("rwx------");
    }
  }

  @Test
  void hasNoTemporaryFilesOfAnotherProcess() throws Exception {
    Path left = temporary.resolve("tmp/left/library.so");
    Files.createDirectories(left.getParent());
    Files.writeString(left, "left by a killed one");

    try (DataFolder folder = DataFolder.take(temporary, "127.0.0.1:1")) {
      assertThat(folder.path().resolve("tmp")).isEmptyDirectory();
    }
  }

  @Test
  void tellsScriptsWhoRunsAndWhenTheServicesAnswer() throws Exception {
    String pid = ProcessHandle.current().pid() + "\n";
    Files.writeString(temporary.resolve("prism.ready"), "left by a killed one");

    DataFolder folder = DataFolder.take(temporary, "127.0.0.1:1");
    assertThat(temporary.resolve("prism.pid")).hasContent(pid);
    assertThat(temporary.resolve("prism.ready")).doesNotExist();
    folder.ready();
    assertThat(temporary.resolve("prism.ready")).hasContent(pid);
    folder.close();

    assertThat(temporary.resolve("prism.pid")).doesNotExist();
    assertThat(temporary.resolve("prism.ready")).doesNotExist();
  }
}
