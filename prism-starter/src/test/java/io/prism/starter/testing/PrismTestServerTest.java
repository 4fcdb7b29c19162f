package io.prism.starter.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.stub.StreamObserver;
import io.prism.queue.v1.PublishRequest;
import io.prism.queue.v1.PublishResponse;
import io.prism.queue.v1.QueueServiceGrpc;
import io.prism.starter.auth.Session;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class PrismTestServerTest {

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aCallReachesTheHandlerWithItsSession(boolean blocking) {
    QueueServiceGrpc.QueueServiceImplBase whoAmI =
        new QueueServiceGrpc.QueueServiceImplBase() {
          @Override
          public void publish(PublishRequest request, StreamObserver<PublishResponse> response) {
            Session session = Session.current();
            response.onNext(
                PublishResponse.newBuilder()
                    .setMessageId(session.namespace() + " " + Thread.currentThread().isVirtual())
                    .build());
            response.onCompleted();
          }
        };
    try (PrismTestServer server = PrismTestServer.of(whoAmI).blocking(blocking).start()) {
      QueueServiceGrpc.QueueServiceBlockingStub client =
          QueueServiceGrpc.newBlockingStub(server.channel("orders", "queue:write"));
      // The first call may stay on the thread that verified its token.
      client.publish(PublishRequest.getDefaultInstance());
      PublishResponse answer = client.publish(PublishRequest.getDefaultInstance());
      assertThat(answer.getMessageId()).isEqualTo("orders " + blocking);
    }
  }

  @Test
  void everyForgeryIsAnotherToken() {
    TokenMinter minter = new TokenMinter();
    Session session = minter.session().build();
    assertThat(Forgery.values())
        .extracting(forgery -> minter.forge(forgery, session))
        .doesNotHaveDuplicates()
        .doesNotContain(minter.token(session));
  }
}
