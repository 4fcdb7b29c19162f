package io.prism.reader.grpc;

import com.google.protobuf.Value;
import io.grpc.BindableService;
import io.grpc.MethodDescriptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import io.grpc.stub.ServerCalls;
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
import io.prism.reader.v1.QueryRequest;
import io.prism.reader.v1.ReadRequest;
import io.prism.reader.v1.ReaderServiceGrpc;
import io.prism.starter.auth.Session;
import java.util.Optional;
import org.springframework.stereotype.Component;

/** The rpcs of the Reader service. They run on virtual threads and may block. */
@Component
final class ReaderGrpcService implements BindableService {

  private final Collections<Value, byte[]> collections;
  private final RowGets gets;
  private final Cursors cursors;
  private final ReaderLimits limits;
  private final ReaderMeters meters;

  ReaderGrpcService(
      Collections<Value, byte[]> collections,
      RowGets gets,
      Cursors cursors,
      ReaderLimits limits,
      ReaderMeters meters) {
    this.collections = collections;
    this.gets = gets;
    this.cursors = cursors;
    this.limits = limits;
    this.meters = meters;
  }

  @Override
  public ServerServiceDefinition bindService() {
    ServiceDescriptor service = ReaderServiceGrpc.getServiceDescriptor();
    MethodDescriptor<ReadRequest, EncodedResponse> read =
        EncodedResponse.of(ReaderServiceGrpc.getReadMethod());
    MethodDescriptor<QueryRequest, EncodedResponse> query =
        EncodedResponse.of(ReaderServiceGrpc.getQueryMethod());
    MethodDescriptor<CountRequest, CountResponse> count = ReaderServiceGrpc.getCountMethod();
    MethodDescriptor<GetRequest, EncodedResponse> get =
        EncodedResponse.of(ReaderServiceGrpc.getGetMethod());
    return ServerServiceDefinition.builder(
            ServiceDescriptor.newBuilder(service.getName())
                .setSchemaDescriptor(service.getSchemaDescriptor())
                .addMethod(read)
                .addMethod(query)
                .addMethod(count)
                .addMethod(get)
                .build())
        .addMethod(read, ServerCalls.asyncServerStreamingCall(this::read))
        .addMethod(query, ServerCalls.asyncServerStreamingCall(this::query))
        .addMethod(count, ServerCalls.asyncUnaryCall(this::count))
        .addMethod(get, ServerCalls.asyncUnaryCall(this::get))
        .build();
  }

  private void read(ReadRequest request, StreamObserver<EncodedResponse> response) {
    PageSize size = limits.page(request.getPageSize());
    Scan<byte[]> scan = collections.scan(ReaderProtos.selection(namespace(), request, limits));
    Position position = request.hasCursor() ? cursors.decode(scan, request.getCursor()) : null;
    ReadCall.start(response, scan, cursors, position, size, meters);
  }

  private void query(QueryRequest request, StreamObserver<EncodedResponse> response) {
    long limit = ReaderProtos.rows("limit", request.hasLimit(), request.getLimit(), Long.MAX_VALUE);
    long offset = ReaderProtos.rows("offset", request.hasOffset(), request.getOffset(), 0);
    Scan<byte[]> scan = collections.scan(ReaderProtos.selection(namespace(), request, limits));
    QueryCall.start(response, scan, limits.chunk(), limit, offset, meters);
  }

  private void count(CountRequest request, StreamObserver<CountResponse> response) {
    long count = collections.count(ReaderProtos.selection(namespace(), request, limits));
    response.onNext(CountResponse.newBuilder().setCount(count).build());
    response.onCompleted();
  }

  private void get(GetRequest request, StreamObserver<EncodedResponse> response) {
    Optional<byte[]> row = gets.get(Session.current(), request);
    meters.got(row.isPresent());
    response.onNext(row.map(EncodedResponse::found).orElse(EncodedResponse.NOT_FOUND));
    response.onCompleted();
  }

  private static String namespace() {
    return Session.current().namespace();
  }
}
