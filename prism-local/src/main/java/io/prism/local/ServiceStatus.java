package io.prism.local;

import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import io.grpc.reflection.v1.ServiceResponse;
import io.grpc.stub.BlockingClientCall;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/** Asks a running Prism for the health of each service it offers. */
public final class ServiceStatus {
  private static final long LIMIT_SECONDS = 10;
  private static final String OURS = "prism.";

  /** What instances say to each other is no service for clients, and reports no health. */
  private static final String INTERNAL = ".internal.";

  private ServiceStatus() {}

  /** Exits with 0 when every service works. */
  public static void main(String[] arguments) throws InterruptedException {
    String address = arguments[0];
    try {
      Map<String, String> services = of(address);
      services.forEach((name, state) -> System.out.printf("  %-40s %s%n", name, state));
      System.exit(
          services.values().stream().allMatch(ServingStatus.SERVING.name()::equals) ? 0 : 1);
    } catch (StatusException e) {
      System.err.println("prism: nothing answers on " + address + ": " + e.getMessage());
      System.exit(1);
    }
  }

  /** Each service by its full name, with its state as gRPC health checking names it. */
  static Map<String, String> of(String address) throws InterruptedException, StatusException {
    ManagedChannel channel =
        Grpc.newChannelBuilder(address, InsecureChannelCredentials.create()).build();
    try {
      Map<String, String> states = new TreeMap<>();
      for (String service : services(channel)) {
        states.put(service, state(channel, service));
      }
      return states;
    } finally {
      channel.shutdownNow().awaitTermination(LIMIT_SECONDS, TimeUnit.SECONDS);
    }
  }

  private static List<String> services(ManagedChannel channel)
      throws InterruptedException, StatusException {
    BlockingClientCall<ServerReflectionRequest, ServerReflectionResponse> call =
        ServerReflectionGrpc.newBlockingV2Stub(channel)
            .withDeadlineAfter(LIMIT_SECONDS, TimeUnit.SECONDS)
            .serverReflectionInfo();
    call.write(ServerReflectionRequest.newBuilder().setListServices("").build());
    call.halfClose();
    ServerReflectionResponse answer = call.read();
    return answer.getListServicesResponse().getServiceList().stream()
        .map(ServiceResponse::getName)
        .filter(name -> name.startsWith(OURS) && !name.contains(INTERNAL))
        .toList();
  }

  private static String state(ManagedChannel channel, String service) throws StatusException {
    HealthCheckRequest request = HealthCheckRequest.newBuilder().setService(service).build();
    try {
      return HealthGrpc.newBlockingV2Stub(channel)
          .withDeadlineAfter(LIMIT_SECONDS, TimeUnit.SECONDS)
          .check(request)
          .getStatus()
          .name();
    } catch (StatusException e) {
      if (e.getStatus().getCode() == Status.Code.NOT_FOUND) {
        return "no health reported";
      }
      throw e;
    }
  }
}
