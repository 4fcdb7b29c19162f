package io.prism.bench.echo;

import io.grpc.stub.StreamObserver;
import io.prism.bench.v1.EchoRequest;
import io.prism.bench.v1.EchoResponse;
import io.prism.bench.v1.EchoServiceGrpc;
import org.springframework.stereotype.Component;

/** Answers with what it is sent. */
@Component
final class EchoGrpcService extends EchoServiceGrpc.EchoServiceImplBase {

  @Override
  public void echo(EchoRequest request, StreamObserver<EchoResponse> response) {
    response.onNext(EchoResponse.newBuilder().setPayload(request.getPayload()).build());
    response.onCompleted();
  }
}
