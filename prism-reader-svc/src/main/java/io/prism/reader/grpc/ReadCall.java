package io.prism.reader.grpc;

import io.grpc.stub.StreamObserver;
import io.prism.reader.domain.Cursors;
import io.prism.reader.domain.Page;
import io.prism.reader.domain.PageSize;
import io.prism.reader.domain.PagesAhead;
import io.prism.reader.domain.Position;
import io.prism.reader.domain.Scan;
import io.prism.starter.call.CallScope;
import io.prism.starter.call.OutboundStream;
import org.jspecify.annotations.Nullable;

/** One Read: pages are read when the client is near to taking them, and held by the transport. */
final class ReadCall implements OutboundStream.Events {

  /** A page or two of usual size: the next one is read while the client takes this one. */
  private static final int AHEAD_BYTES = 512 * 1024;

  private final OutboundStream<EncodedResponse> stream;
  private final Scan<byte[]> scan;
  private final Cursors cursors;
  private final PagesAhead<byte[]> reading;
  private final ReaderMeters meters;
  private @Nullable Position position;
  private int pages;
  private boolean done;

  private ReadCall(
      OutboundStream<EncodedResponse> stream,
      Scan<byte[]> scan,
      Cursors cursors,
      @Nullable Position position,
      PagesAhead<byte[]> reading,
      ReaderMeters meters) {
    this.stream = stream;
    this.scan = scan;
    this.cursors = cursors;
    this.position = position;
    this.reading = reading;
    this.meters = meters;
  }

  static void start(
      StreamObserver<EncodedResponse> response,
      Scan<byte[]> scan,
      Cursors cursors,
      @Nullable Position position,
      PageSize size,
      ReaderMeters meters) {
    OutboundStream<EncodedResponse> stream = OutboundStream.of(response, AHEAD_BYTES);
    CallScope call = CallScope.current();
    PagesAhead<byte[]> reading =
        new PagesAhead<>(scan, size, task -> Thread.startVirtualThread(() -> call.run(task)));
    stream.listen(new ReadCall(stream, scan, cursors, position, reading, meters));
  }

  @Override
  public void onReady() {
    while (!done && stream.isReady() && !stream.isEnded()) {
      Page<byte[]> page = reading.next(position);
      position = page.next();
      done = position == null;
      stream.send(message(page));
      meters.page(page.rows().size());
      if (done) {
        stream.complete();
      }
    }
  }

  private EncodedResponse message(Page<byte[]> page) {
    pages++;
    io.prism.reader.v1.Page.Builder rest =
        io.prism.reader.v1.Page.newBuilder()
            .setMetadata(ReaderProtos.metadata(page.rows().size(), pages));
    Position next = page.next();
    if (next != null) {
      rest.setHasMore(true).setNextCursor(cursors.encode(scan, next));
    }
    return EncodedResponse.page(page.rows(), rest.build());
  }

  @Override
  public void onEnd() {
    done = true;
  }
}
