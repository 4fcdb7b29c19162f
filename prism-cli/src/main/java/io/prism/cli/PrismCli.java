package io.prism.cli;

import com.google.protobuf.MessageOrBuilder;
import io.grpc.Channel;
import io.prism.config.v1.ClientConfig;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** The root of the command line: where Prism is, who asks, and how answers are written. */
@Command(
    name = "prism",
    description = "Every service of Prism from a shell.",
    mixinStandardHelpOptions = true,
    versionProvider = PrismCli.Version.class,
    scope = ScopeType.INHERIT,
    synopsisSubcommandLabel = "COMMAND",
    usageHelpAutoWidth = true,
    exitCodeListHeading = "Exit status:%n",
    exitCodeList = {
      "0:done",
      "2:wrong arguments",
      "10+n:what Prism answered, n being the status of gRPC: 13 INVALID_ARGUMENT, 15 NOT_FOUND, 17 PERMISSION_DENIED, 24 UNAVAILABLE, 26 UNAUTHENTICATED"
    })
public final class PrismCli {

  @Option(
      names = "--address",
      scope = ScopeType.INHERIT,
      paramLabel = "HOST:PORT",
      defaultValue = "${env:PRISM_ADDRESS:-127.0.0.1:8980}",
      description = "where Prism listens; PRISM_ADDRESS, else ${DEFAULT-VALUE}")
  private String address = "";

  @Option(
      names = "--api-key",
      scope = ScopeType.INHERIT,
      paramLabel = "KEY",
      defaultValue = "${env:PRISM_API_KEY}",
      description = "a session is made with it for the command and closed after; PRISM_API_KEY")
  private @Nullable String apiKey;

  @Option(
      names = "--token",
      scope = ScopeType.INHERIT,
      paramLabel = "TOKEN",
      defaultValue = "${env:PRISM_TOKEN}",
      description = "token of a session that is there already; PRISM_TOKEN")
  private @Nullable String token;

  @Option(
      names = "--namespace",
      scope = ScopeType.INHERIT,
      paramLabel = "NAME",
      defaultValue = "${env:PRISM_NAMESPACE:-default}",
      description = "namespace of the session; PRISM_NAMESPACE, else ${DEFAULT-VALUE}")
  private String namespace = "";

  @Option(
      names = "--config",
      scope = ScopeType.INHERIT,
      paramLabel = "NAME",
      description = "registered configuration of the session, instead of the namespace alone")
  private @Nullable String config;

  @Option(
      names = "--tls-ca",
      scope = ScopeType.INHERIT,
      paramLabel = "FILE",
      defaultValue = "${env:PRISM_TLS_CA}",
      description = "PEM file with the authorities that count; PRISM_TLS_CA")
  private @Nullable Path tlsCa;

  @Option(
      names = "--tls",
      scope = ScopeType.INHERIT,
      description = "TLS with the authorities that the JVM knows")
  private boolean tls;

  @Option(
      names = "--timeout",
      scope = ScopeType.INHERIT,
      paramLabel = "TIME",
      description = "how long an answer may take, 30s unless given, or a stream in all: 500ms, 5m")
  private @Nullable Duration timeout;

  @Option(
      names = "--json",
      scope = ScopeType.INHERIT,
      description = "answers as JSON, one object a line")
  private boolean json;

  /** The version of the jar that this is in. */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {
        "Prism "
            + Objects.requireNonNullElse(PrismCli.class.getPackage().getImplementationVersion(), "")
      };
    }
  }

  private final InputStream in;
  private @Nullable CommandLine line;

  private PrismCli(InputStream in) {
    this.in = in;
  }

  /** The command line with everything below it. */
  static CommandLine commandLine(InputStream in) {
    PrismCli prism = new PrismCli(in);
    CommandLine line =
        new CommandLine(prism)
            .addSubcommand(new SessionCommands(prism))
            .addSubcommand(new QueueCommands(prism))
            .addSubcommand(new PubSubCommands(prism))
            .addSubcommand(new ReaderCommands(prism))
            .addSubcommand(new TransactCommands(prism))
            .addSubcommand(new CacheCommands(prism))
            .addSubcommand(new TimeSeriesCommands(prism))
            .addSubcommand(new ObjectCommands(prism))
            .addSubcommand(new VectorCommands(prism))
            .addSubcommand(new AdminCommands(prism))
            .registerConverter(Duration.class, Times::duration)
            .setCaseInsensitiveEnumValuesAllowed(true)
            .setExecutionExceptionHandler(new Failures());
    prism.line = line;
    return line;
  }

  /** Runs one command and ends with its status. */
  public static void main(String[] arguments) {
    System.exit(commandLine(System.in).execute(arguments));
  }

  @Command(
      description =
          "Prints a script by which bash and zsh complete commands: source <(prism completion)")
  int completion() {
    out().println(AutoComplete.bash("prism", Objects.requireNonNull(line)));
    return 0;
  }

  InputStream in() {
    return in;
  }

  Output output() {
    return new Output(out(), json);
  }

  PrintWriter out() {
    return Objects.requireNonNull(line).getOut();
  }

  Connection connect() {
    return connect(builder -> builder);
  }

  /** A connection whose session is configured by more than its namespace, unless one is named. */
  Connection connect(UnaryOperator<ClientConfig.Builder> settings) {
    return new Connection(
        Channels.open(address, Optional.ofNullable(tlsCa), tls),
        new Credentials(given(apiKey), given(token)),
        Optional.ofNullable(config),
        settings.apply(ClientConfig.newBuilder().setNamespace(namespace)).build(),
        Optional.ofNullable(timeout));
  }

  private static Optional<String> given(@Nullable String text) {
    return Optional.ofNullable(text).filter(given -> !given.isEmpty());
  }

  /** Who asks; a token is used as it is, and with an API key a session is made. */
  record Credentials(Optional<String> apiKey, Optional<String> token) {}

  /** What a command does with the channel of its session. */
  @FunctionalInterface
  interface Work {
    int on(Channel channel) throws Exception;
  }

  /** Makes one call and says its answer. */
  <M extends MessageOrBuilder> int say(Function<Channel, M> call, Function<M, String> text)
      throws Exception {
    return say(builder -> builder, call, text);
  }

  <M extends MessageOrBuilder> int say(
      UnaryOperator<ClientConfig.Builder> settings,
      Function<Channel, M> call,
      Function<M, String> text)
      throws Exception {
    return run(
        settings,
        channel -> {
          output().say(call.apply(channel), text);
          return 0;
        });
  }

  /** Makes one call and says what it answers line by line. */
  <M extends MessageOrBuilder> int table(
      Function<Channel, List<M>> call, List<String> heading, Function<M, List<String>> cells)
      throws Exception {
    return table(builder -> builder, call, heading, cells);
  }

  <M extends MessageOrBuilder> int table(
      UnaryOperator<ClientConfig.Builder> settings,
      Function<Channel, List<M>> call,
      List<String> heading,
      Function<M, List<String>> cells)
      throws Exception {
    return run(
        settings,
        channel -> {
          output().table(call.apply(channel), heading, cells);
          return 0;
        });
  }

  int run(Work work) throws Exception {
    return run(builder -> builder, work);
  }

  int run(UnaryOperator<ClientConfig.Builder> settings, Work work) throws Exception {
    try (Connection connection = connect(settings)) {
      return work.on(connection.channel());
    }
  }
}
