package io.prism.cli;

import io.prism.session.v1.CloseSessionRequest;
import io.prism.session.v1.CreateSessionResponse;
import io.prism.session.v1.GetSessionRequest;
import io.prism.session.v1.HeartbeatRequest;
import io.prism.session.v1.RefreshSessionRequest;
import io.prism.session.v1.SessionServiceGrpc;
import java.time.Duration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(name = "session", description = "Sessions that outlive one command.")
final class SessionCommands {

  private final PrismCli prism;

  SessionCommands(PrismCli prism) {
    this.prism = prism;
  }

  @Command(description = "Makes a session with the API key and prints its token, for PRISM_TOKEN.")
  int create() {
    try (Connection connection = prism.connect()) {
      CreateSessionResponse created = connection.create();
      prism.output().say(created, CreateSessionResponse::getSessionToken);
      return 0;
    }
  }

  @Command(description = "Shows the session of the token.")
  int show() throws Exception {
    return prism.say(
        channel ->
            SessionServiceGrpc.newBlockingStub(channel)
                .getSession(GetSessionRequest.getDefaultInstance()),
        session ->
            "%s, %s, namespace %s, until %s, %d requests"
                .formatted(
                    session.getSessionId(),
                    session.getStatus(),
                    session.getConfig().getNamespace(),
                    Times.text(session.getExpiresAt()),
                    session.getMetrics().getRequestsProcessed()));
  }

  @Command(description = "Keeps an idle session alive.")
  int heartbeat() throws Exception {
    return prism.say(
        channel ->
            SessionServiceGrpc.newBlockingStub(channel)
                .heartbeat(HeartbeatRequest.getDefaultInstance()),
        beat -> "%s, %d s left".formatted(beat.getStatus(), beat.getTtl().getSeconds()));
  }

  @Command(description = "Moves the end of the session; its token stays the same.")
  int refresh(
      @Option(
              names = "--by",
              paramLabel = "TIME",
              defaultValue = "30m",
              description = "how long it goes on: ${DEFAULT-VALUE}")
          Duration extension)
      throws Exception {
    return prism.say(
        channel ->
            SessionServiceGrpc.newBlockingStub(channel)
                .refreshSession(
                    RefreshSessionRequest.newBuilder()
                        .setExtension(Times.proto(extension))
                        .build()),
        refreshed -> "until " + Times.text(refreshed.getNewExpiresAt()));
  }

  @Command(description = "Closes the session of the token.")
  int close(@Option(names = "--force", description = "breaks off what is pending") boolean force)
      throws Exception {
    return prism.say(
        channel ->
            SessionServiceGrpc.newBlockingStub(channel)
                .closeSession(CloseSessionRequest.newBuilder().setForce(force).build()),
        closed -> closed.getMessage());
  }
}
