package io.prism.bench.session;

import io.prism.bench.client.PrismClient;
import io.prism.bench.client.UnaryCall;
import io.prism.bench.deployment.Service;
import io.prism.bench.load.ClosedLoop;
import io.prism.bench.scenario.Bench;
import io.prism.bench.scenario.Scenario;
import io.prism.bench.scenario.Sides;
import io.prism.bench.scenario.Unit;
import io.prism.session.v1.CreateSessionRequest;
import io.prism.session.v1.CreateSessionResponse;
import io.prism.session.v1.SessionServiceGrpc;

/** How fast clients can come in, after a restart of all of them for example. */
public final class SessionCreate implements Scenario {
  private static final int IN_FLIGHT = 16;

  @Override
  public String name() {
    return "session-create";
  }

  @Override
  public String description() {
    return "CreateSession with an API key, 16 in flight";
  }

  @Override
  public Unit unit() {
    return Unit.CALLS_PER_SECOND;
  }

  @Override
  public Service service() {
    return Service.SESSION;
  }

  @Override
  public Sides open(Bench bench) throws InterruptedException {
    CreateSessionRequest request = PrismClient.newSession(bench.deployment().apiKey());
    UnaryCall<CreateSessionRequest, CreateSessionResponse> call =
        new UnaryCall<>(
            bench.client(service()).channel(), SessionServiceGrpc.getCreateSessionMethod());
    return Sides.only(
        new ClosedLoop(IN_FLIGHT, bench.effort().limit(), attempt -> call.start(request, attempt)));
  }
}
