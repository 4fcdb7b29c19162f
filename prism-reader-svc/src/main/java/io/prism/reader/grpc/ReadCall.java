package io.prism.reader.grpc;

import io.grpc.stub.StreamObserver;
import io.prism.reader.domain.Cursors;
import io.prism.reader.domain.Page;
import io.prism.reader.domain.PageSize;
import io.prism.reader.domain.Position;
import io.prism.reader.domain.Scan;
import io.prism.reader.v1.Row;
import io.prism.starter.call.OutboundStream;
import org.jspecify.annotations.Nullable;

/** One Read: a page is read when the client can take it, and held by nobody but the transport. */
final class ReadCall implements OutboundStream.Events {

  private final OutboundStream<io.prism.reader.v1.Page> stream;
  private final Scan<Row> scan;
  private final Cursors cursors;
  private final PageSize size;
  private final ReaderMeters meters;
  private @Nullable Position position;
  private int pages;
  private boolean done;

  private ReadCall(
      OutboundStream<io.prism.reader.v1.Page> stream,
      Scan<Row> scan,
      Cursors cursors,
      @Nullable Position position,
      PageSize size,
      ReaderMeters meters) {
    this.stream = stream;
    this.scan = scan;
    this.cursors = cursors;
    this.position = position;
    this.size = size;
    this.meters = meters;
  }

  static void start(
      StreamObserver<io.prism.reader.v1.Page> response,
      Scan<Row> scan,
      Cursors cursors,
      @Nullable Position position,
      PageSize size,
      ReaderMeters meters) {
    OutboundStream<io.prism.reader.v1.Page> stream = OutboundStream.of(response);
    stream.listen(new ReadCall(stream, scan, cursors, position, size, meters));
  }

  @Override
  public void onReady() {
    while (!done && stream.isReady() && !stream.isEnded()) {
      Page<Row> page = scan.next(position, 0, size);
      position = page.next();
      done = position == null;
      stream.send(message(page));
      meters.page(page.rows().size());
      if (done) {
        stream.complete();
      }
    }
  }

  private io.prism.reader.v1.Page message(Page<Row> page) {
    pages++;
    io.prism.reader.v1.Page.Builder message =
        io.prism.reader.v1.Page.newBuilder()
            .addAllRows(page.rows())
            .setMetadata(ReaderProtos.metadata(page.rows().size(), pages));
    Position next = page.next();
    if (next != null) {
      message.setHasMore(true).setNextCursor(cursors.encode(scan, next));
    }
    return message.build();
  }

  @Override
  public void onEnd() {
    done = true;
  }
}
