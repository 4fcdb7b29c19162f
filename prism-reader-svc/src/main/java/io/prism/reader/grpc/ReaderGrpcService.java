package io.prism.reader.grpc;

import com.google.protobuf.Value;
import io.grpc.BindableService;
import io.grpc.ServerServiceDefinition;
import io.grpc.stub.StreamObserver;
import io.prism.reader.domain.Collections;
import io.prism.reader.domain.Cursors;
import io.prism.reader.domain.PageSize;
import io.prism.reader.domain.Position;
import io.prism.reader.domain.ReaderLimits;
import io.prism.reader.domain.Scan;
import io.prism.reader.v1.CountRequest;
import io.prism.reader.v1.CountResponse;
import io.prism.reader.v1.GetRequest;
import io.prism.reader.v1.GetResponse;
import io.prism.reader.v1.Page;
import io.prism.reader.v1.QueryRequest;
import io.prism.reader.v1.ReadRequest;
import io.prism.reader.v1.ReaderServiceGrpc;
import io.prism.reader.v1.Row;
import io.prism.starter.auth.Session;
import java.util.Optional;
import org.springframework.stereotype.Component;

/** The rpcs of the Reader service. They run on virtual threads and may block. */
@Component
final class ReaderGrpcService implements BindableService, ReaderServiceGrpc.AsyncService {

  private final Collections<Value, Row> collections;
  private final Cursors cursors;
  private final ReaderLimits limits;
  private final ReaderMeters meters;

  ReaderGrpcService(
      Collections<Value, Row> collections,
      Cursors cursors,
      ReaderLimits limits,
      ReaderMeters meters) {
    this.collections = collections;
    this.cursors = cursors;
    this.limits = limits;
    this.meters = meters;
  }

  @Override
  public ServerServiceDefinition bindService() {
    return ReaderServiceGrpc.bindService(this);
  }

  @Override
  public void read(ReadRequest request, StreamObserver<Page> response) {
    PageSize size = limits.page(request.getPageSize());
    Scan<Row> scan = collections.scan(ReaderProtos.selection(namespace(), request, limits));
    Position position = request.hasCursor() ? cursors.decode(scan, request.getCursor()) : null;
    ReadCall.start(response, scan, cursors, position, size, meters);
  }

  @Override
  public void query(QueryRequest request, StreamObserver<Row> response) {
    long limit = ReaderProtos.rows("limit", request.hasLimit(), request.getLimit(), Long.MAX_VALUE);
    long offset = ReaderProtos.rows("offset", request.hasOffset(), request.getOffset(), 0);
    Scan<Row> scan = collections.scan(ReaderProtos.selection(namespace(), request, limits));
    QueryCall.start(response, scan, limits.chunk(), limit, offset, meters);
  }

  @Override
  public void count(CountRequest request, StreamObserver<CountResponse> response) {
    long count = collections.count(ReaderProtos.selection(namespace(), request, limits));
    response.onNext(CountResponse.newBuilder().setCount(count).build());
    response.onCompleted();
  }

  @Override
  public void get(GetRequest request, StreamObserver<GetResponse> response) {
    Optional<Row> row =
        collections.get(
            namespace(), request.getCollection(), request.getId(), request.getFieldsList());
    meters.got(row.isPresent());
    GetResponse.Builder answer = GetResponse.newBuilder().setFound(row.isPresent());
    row.ifPresent(answer::setRow);
    response.onNext(answer.build());
    response.onCompleted();
  }

  private static String namespace() {
    return Session.current().namespace();
  }
}
