package io.prism.bench.floor;

import io.prism.bench.client.Payload;
import io.prism.bench.client.UnaryCall;
import io.prism.bench.deployment.Service;
import io.prism.bench.load.ClosedLoop;
import io.prism.bench.load.Operation;
import io.prism.bench.scenario.Bench;
import io.prism.bench.scenario.Scenario;
import io.prism.bench.scenario.Sides;
import io.prism.bench.scenario.Unit;
import io.prism.bench.v1.EchoRequest;
import io.prism.bench.v1.EchoResponse;
import io.prism.bench.v1.EchoServiceGrpc;

/** The server stack of all services, with nothing behind it. */
public final class Echo implements Scenario {
  /** Its name, by which other figures refer to it. */
  public static final String NAME = "echo";

  private static final int IN_FLIGHT = 64;

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public String description() {
    return "unary echo of 1 KB, 64 in flight: sessions, permissions, limits and metrics, no store";
  }

  @Override
  public Unit unit() {
    return Unit.CALLS_PER_SECOND;
  }

  @Override
  public Service service() {
    return Service.ECHO;
  }

  @Override
  public Sides open(Bench bench) throws InterruptedException {
    return Sides.only(new ClosedLoop(IN_FLIGHT, bench.effort().limit(), calls(bench)));
  }

  /** Calls of the echo. */
  static Operation calls(Bench bench) throws InterruptedException {
    EchoRequest request = EchoRequest.newBuilder().setPayload(Payload.kilobyte()).build();
    UnaryCall<EchoRequest, EchoResponse> call =
        new UnaryCall<>(bench.client(Service.ECHO).channel(), EchoServiceGrpc.getEchoMethod());
    return attempt -> call.start(request, attempt);
  }
}
