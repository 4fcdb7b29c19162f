package io.prism.local.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class RedisProgramTest {
  @ParameterizedTest
  @CsvSource({
    "Linux, amd64, linux-amd64",
    "Linux, aarch64, linux-arm64",
    "Mac OS X, x86_64, darwin-amd64",
    "Mac OS X, aarch64, darwin-arm64"
  })
  void existsWhereLocalModeRuns(String system, String architecture, String platform) {
    assertThat(RedisProgram.on(system, architecture))
        .hasValueSatisfying(program -> assertThat(program.getPath()).endsWith(platform));
  }

  @ParameterizedTest
  @CsvSource({"Linux, riscv64", "Linux, s390x", "FreeBSD, amd64", "Windows 11, amd64"})
  void isMissedRatherThanGuessedElsewhere(String system, String architecture) {
    assertThat(RedisProgram.on(system, architecture)).isEmpty();
  }

  @Test
  void isCopiedOnceAndReplacesThatOfAnotherVersion(@TempDir Path folder) throws Exception {
    Path older = Files.createFile(folder.resolve("redis-server-1"));
    URL source = RedisProgram.forThisMachine().orElseThrow();

    Path program = RedisProgram.copiedBelow(folder, source);
    FileTime copied = FileTime.fromMillis(1_000_000);
    Files.setLastModifiedTime(program, copied);
    RedisProgram.copiedBelow(folder, source);

    assertThat(older).doesNotExist();
    assertThat(Files.isExecutable(program)).isTrue();
    assertThat(Files.getLastModifiedTime(program)).isEqualTo(copied);
  }

  @Test
  void saysWhyItCannotRun(@TempDir Path folder) throws Exception {
    Path program = RedisProgram.copiedBelow(folder, RedisProgram.forThisMachine().orElseThrow());
    Path broken = folder.resolve("broken");
    Files.writeString(broken, "#!/bin/sh\necho 'cannot open libssl.so.3'\nexit 127\n");
    Files.setPosixFilePermissions(broken, PosixFilePermissions.fromString("rwx------"));

    assertThat(RedisProgram.refusal(program)).isEmpty();
    assertThat(RedisProgram.refusal(broken)).contains("cannot open libssl.so.3");
    assertThat(RedisProgram.refusal(folder.resolve("absent")))
        .hasValueSatisfying(why -> assertThat(why).contains("No such file"));
  }
}
