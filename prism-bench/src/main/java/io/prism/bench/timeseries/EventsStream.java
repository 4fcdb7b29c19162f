package io.prism.bench.timeseries;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ClientResponseObserver;
import io.prism.bench.deployment.Service;
import io.prism.bench.load.Attempt;
import io.prism.bench.load.ClosedLoop;
import io.prism.bench.load.WorkNotDone;
import io.prism.bench.scenario.Bench;
import io.prism.bench.scenario.Scenario;
import io.prism.bench.scenario.Sides;
import io.prism.bench.scenario.Unit;
import io.prism.timeseries.v1.Event;
import io.prism.timeseries.v1.StreamEventsResponse;
import io.prism.timeseries.v1.TimeSeriesServiceGrpc;
import java.sql.SQLException;
import java.util.concurrent.TimeUnit;

/** What StreamEvents can do. */
public final class EventsStream implements Scenario {
  private static final int STREAMS = 2;
  private static final int EVENTS = 50_000;

  @Override
  public String name() {
    return "events-stream";
  }

  @Override
  public String description() {
    return "StreamEvents of 50 000 events, 2 streams, beside DuckDB's appender and 10 000 a batch";
  }

  @Override
  public Unit unit() {
    return Unit.EVENTS_PER_SECOND;
  }

  @Override
  public Service service() {
    return Service.TIMESERIES;
  }

  @Override
  public Sides open(Bench bench) throws InterruptedException, SQLException {
    Channel channel = Requests.client(bench).channel();
    Requests requests = new Requests(Requests.hoursAgo(2));
    int events = Requests.atMost(bench, EVENTS);
    return new Sides(
        new ClosedLoop(
            STREAMS,
            events,
            bench.effort().limit(),
            Runnable::run,
            attempt -> Call.start(channel, requests, events, attempt)),
        EventsAppend.directly(bench));
  }

  /** One stream: sends when it may, and ends with the answer. */
  private static final class Call implements ClientResponseObserver<Event, StreamEventsResponse> {
    private static final long LIMIT_SECONDS = 60;

    private final Requests requests;
    private final Attempt attempt;
    private final int events;
    private int left;
    private boolean over;

    private Call(Requests requests, int events, Attempt attempt) {
      this.requests = requests;
      this.attempt = attempt;
      this.events = events;
      this.left = events;
    }

    static void start(Channel channel, Requests requests, int events, Attempt attempt) {
      CallOptions options = CallOptions.DEFAULT.withDeadlineAfter(LIMIT_SECONDS, TimeUnit.SECONDS);
      var _ =
          ClientCalls.asyncClientStreamingCall(
              channel.newCall(TimeSeriesServiceGrpc.getStreamEventsMethod(), options),
              new Call(requests, events, attempt));
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<Event> call) {
      call.setOnReadyHandler(() -> proceed(call));
    }

    private void proceed(ClientCallStreamObserver<Event> call) {
      while (!over && left > 0 && call.isReady()) {
        call.onNext(requests.next());
        left--;
        if (left == 0) {
          call.onCompleted();
        }
      }
    }

    @Override
    public void onNext(StreamEventsResponse answer) {
      if (answer.getAccepted() != events) {
        attempt.failed(new WorkNotDone(answer.getAccepted() + " events, expected " + events));
      }
    }

    @Override
    public void onError(Throwable failure) {
      over = true;
      attempt.failed(failure);
    }

    @Override
    public void onCompleted() {
      attempt.succeeded();
    }
  }
}
