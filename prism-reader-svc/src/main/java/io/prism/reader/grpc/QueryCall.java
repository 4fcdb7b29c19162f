package io.prism.reader.grpc;

import io.grpc.stub.StreamObserver;
import io.prism.reader.domain.Page;
import io.prism.reader.domain.PageSize;
import io.prism.reader.domain.Position;
import io.prism.reader.domain.Scan;
import io.prism.starter.call.OutboundStream;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One Query: rows are read by chunks, so that no connection is held while the client takes them one
 * by one.
 */
final class QueryCall implements OutboundStream.Events {

  private final OutboundStream<EncodedResponse> stream;
  private final Scan<byte[]> scan;
  private final PageSize size;
  private final ReaderMeters meters;
  private long offset;
  private long left;
  private List<byte[]> chunk = List.of();
  private int sent;
  private @Nullable Position position;
  private boolean isLast;
  private boolean done;

  private QueryCall(
      OutboundStream<EncodedResponse> stream,
      Scan<byte[]> scan,
      PageSize size,
      long limit,
      long offset,
      ReaderMeters meters) {
    this.stream = stream;
    this.scan = scan;
    this.size = size;
    this.left = limit;
    this.offset = offset;
    this.meters = meters;
    this.isLast = limit == 0;
  }

  static void start(
      StreamObserver<EncodedResponse> response,
      Scan<byte[]> scan,
      PageSize size,
      long limit,
      long offset,
      ReaderMeters meters) {
    OutboundStream<EncodedResponse> stream = OutboundStream.of(response);
    stream.listen(new QueryCall(stream, scan, size, limit, offset, meters));
  }

  @Override
  public void onReady() {
    while (!done && stream.isReady() && !stream.isEnded()) {
      if (sent < chunk.size()) {
        stream.send(EncodedResponse.row(chunk.get(sent)));
        sent++;
      } else if (isLast) {
        done = true;
        stream.complete();
      } else {
        fetch();
      }
    }
  }

  private void fetch() {
    Page<byte[]> page = scan.next(position, offset, size.atMost(left));
    offset = 0;
    position = page.next();
    // Rows that had to stay together may be more than are asked for.
    chunk = page.rows().size() > left ? page.rows().subList(0, (int) left) : page.rows();
    sent = 0;
    left -= chunk.size();
    isLast = position == null || left == 0;
    meters.chunk(chunk.size());
  }

  @Override
  public void onEnd() {
    done = true;
    chunk = List.of();
  }
}
