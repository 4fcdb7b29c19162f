package io.prism.starter.probe;

import io.grpc.ChannelCredentials;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.StatusRuntimeException;
import io.grpc.TlsChannelCredentials;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.stub.MetadataUtils;
import io.prism.config.v1.ClientConfig;
import io.prism.session.v1.CloseSessionRequest;
import io.prism.session.v1.CreateSessionRequest;
import io.prism.session.v1.CreateSessionResponse;
import io.prism.session.v1.GetSessionRequest;
import io.prism.session.v1.SessionServiceGrpc;
import io.prism.starter.auth.SessionInterceptor;
import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Asks a service over the network as its clients do, and is what {@code helm test} runs in the
 * service's own image: every gRPC service named must say that it is SERVING, and with an API key a
 * session is created, read and closed.
 *
 * <p>Arguments: {@code --target=host:port}, {@code --session=host:port} of session-svc, and the
 * names of the gRPC services. Environment: {@code PRISM_API_KEY}; {@code PRISM_NAMESPACE} of the
 * session, {@code default} when unset; {@code PRISM_TLS_CA}, a PEM file with the authorities that
 * count, plain text when unset. Exit status: 0 when all is well, 1 when not, 2 for wrong arguments.
 */
public final class ServiceProbe {

  private static final long TIME_LIMIT_SECONDS = 20;

  private final Map<String, String> environment;
  private final PrintStream out;

  private ServiceProbe(Map<String, String> environment, PrintStream out) {
    this.environment = environment;
    this.out = out;
  }

  /** Asks, says what was answered, and ends the process with the status. */
  public static void main(String[] arguments) {
    System.exit(run(System.getenv(), System.out, arguments));
  }

  /**
   * The same without an end of the process.
   *
   * @return the exit status
   */
  public static int run(Map<String, String> environment, PrintStream out, String... arguments) {
    return new ServiceProbe(environment, out).run(arguments);
  }

  private int run(String... arguments) {
    String target = "";
    String session = "";
    List<String> services = new ArrayList<>();
    for (String argument : arguments) {
      if (argument.startsWith("--target=")) {
        target = argument.substring("--target=".length());
      } else if (argument.startsWith("--session=")) {
        session = argument.substring("--session=".length());
      } else {
        services.add(argument);
      }
    }
    if (target.isEmpty() || session.isEmpty() || services.isEmpty()) {
      out.println("usage: --target=host:port --session=host:port <gRPC service>...");
      return 2;
    }
    try {
      boolean well = health(target, services);
      String key = environment.getOrDefault("PRISM_API_KEY", "");
      if (key.isEmpty()) {
        out.println("no PRISM_API_KEY, so no session is created");
      } else {
        roundTrip(session, key);
      }
      return well ? 0 : 1;
    } catch (StatusRuntimeException e) {
      out.println("failed: " + e.getStatus());
      return 1;
    } catch (IOException e) {
      out.println("failed: PRISM_TLS_CA: " + e.getMessage());
      return 1;
    }
  }

  private boolean health(String target, List<String> services) throws IOException {
    ManagedChannel channel = channel(target);
    try {
      boolean well = true;
      for (String service : services) {
        ServingStatus status =
            HealthGrpc.newBlockingStub(channel)
                .withWaitForReady()
                .withDeadlineAfter(TIME_LIMIT_SECONDS, TimeUnit.SECONDS)
                .check(HealthCheckRequest.newBuilder().setService(service).build())
                .getStatus();
        out.println(service + " at " + target + ": " + status);
        well &= status == ServingStatus.SERVING;
      }
      return well;
    } finally {
      channel.shutdownNow();
    }
  }

  private void roundTrip(String target, String key) throws IOException {
    ManagedChannel channel = channel(target);
    try {
      SessionServiceGrpc.SessionServiceBlockingStub sessions =
          SessionServiceGrpc.newBlockingStub(channel)
              .withWaitForReady()
              .withDeadlineAfter(TIME_LIMIT_SECONDS, TimeUnit.SECONDS);
      CreateSessionResponse created =
          sessions.createSession(
              CreateSessionRequest.newBuilder()
                  .setApiKey(key)
                  .setInlineConfig(
                      ClientConfig.newBuilder()
                          .setNamespace(environment.getOrDefault("PRISM_NAMESPACE", "default")))
                  .setClientId("prism-probe")
                  .build());
      Metadata token = new Metadata();
      token.put(SessionInterceptor.TOKEN, created.getSessionToken());
      SessionServiceGrpc.SessionServiceBlockingStub own =
          sessions.withInterceptors(MetadataUtils.newAttachHeadersInterceptor(token));
      own.getSession(GetSessionRequest.getDefaultInstance());
      own.closeSession(CloseSessionRequest.getDefaultInstance());
      out.println("session " + created.getSessionId() + " created, read and closed");
    } finally {
      channel.shutdownNow();
    }
  }

  private ManagedChannel channel(String target) throws IOException {
    String authorities = environment.getOrDefault("PRISM_TLS_CA", "");
    ChannelCredentials credentials =
        authorities.isEmpty()
            ? InsecureChannelCredentials.create()
            : TlsChannelCredentials.newBuilder().trustManager(new File(authorities)).build();
    return Grpc.newChannelBuilder(target, credentials).build();
  }
}
