package io.prism.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.net.ServerSocket;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class PrismCliTest {

  @Test
  void everyCommandTellsHowItIsUsed() {
    for (Map.Entry<String, CommandLine> group :
        PrismCli.commandLine(InputStream.nullInputStream()).getSubcommands().entrySet()) {
      assertThat(Ran.command(group.getKey(), "--help").out())
          .contains("Usage: prism " + group.getKey());
      for (String command : group.getValue().getSubcommands().keySet()) {
        Ran help = Ran.command(group.getKey(), command, "--help");
        assertThat(help.status()).isZero();
        assertThat(help.out())
            .contains("Usage: prism " + group.getKey() + " " + command, "--api-key", "--json");
      }
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "queue publish | Missing required parameter",
        "queue publsh | Did you mean",
        "queue topic t --timeout soon | 'soon' is no time",
        "cache get k --api-kee x | Unknown option",
        "queue subscribe t --from start | expected one of"
      })
  void wrongArgumentsAreToldWithStatus2(String command, String told) {
    Ran ran = Ran.command(command.split(" "));

    assertThat(ran.status()).isEqualTo(2);
    assertThat(ran.err()).contains(told);
  }

  @Test
  void withoutCredentialsNothingIsAsked() {
    Ran ran =
        Ran.command(
            "cache", "get", "k", "--address", "127.0.0.1:1", "--api-key", "", "--token", "");

    assertThat(ran.status()).isEqualTo(2);
    assertThat(ran.err()).contains("no credentials").contains("PRISM_API_KEY");
  }

  @ParameterizedTest
  @CsvSource({"name, expected a field", "'=3', expected a field"})
  void aConditionThatIsNoneIsTold(String condition, String told) {
    Ran ran = Ran.command("reader", "query", "users", "--where", condition, "--token", "t");

    assertThat(ran.status()).isEqualTo(2);
    assertThat(ran.err()).contains(told);
  }

  @Test
  void whatIsOutOfReachIsToldWithItsOwnStatusWithinTheTimeLimit() throws Exception {
    int port;
    try (ServerSocket socket = new ServerSocket(0)) {
      port = socket.getLocalPort();
    }

    Ran ran =
        Ran.command(
            "cache",
            "get",
            "k",
            "--address",
            "127.0.0.1:" + port,
            "--api-key",
            "a.b",
            "--timeout",
            "5s");

    assertThat(ran.status()).isEqualTo(24);
    assertThat(ran.err()).contains("UNAVAILABLE").doesNotContain("a.b");
  }

  @Test
  void completionKnowsTheCommands() {
    assertThat(Ran.command("completion").out()).contains("publish", "create-key", "complete -F");
  }
}
