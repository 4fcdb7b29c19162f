package io.prism.contract;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Descriptors.Descriptor;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SessionTokenTest {

  @Test
  void aTokenInAMessageIsItsFirstField() {
    assertThat(Contract.messages().filter(message -> token(message) != null))
        .hasSizeGreaterThan(20)
        .allSatisfy(
            message ->
                assertThat(Contract.declaration(message.getFields().getFirst()))
                    .as(message.getFullName())
                    .isEqualTo("string session_token = 1"));
  }

  /** RFC-002 gives these five services a token in the message; Transaction carries it in begin. */
  @Test
  void eachRequestOfTheFiveServicesCarriesAToken() {
    Set<String> packages =
        Set.of(
            "prism.session.v1",
            "prism.queue.v1",
            "prism.pubsub.v1",
            "prism.reader.v1",
            "prism.transact.v1");
    Set<String> without =
        Set.of("prism.session.v1.CreateSessionRequest", "prism.transact.v1.TransactRequest");
    assertThat(
            Contract.rpcs()
                .filter(rpc -> packages.contains(rpc.getFile().getPackage()))
                .map(rpc -> rpc.getInputType())
                .filter(request -> !without.contains(request.getFullName())))
        .hasSizeGreaterThan(20)
        .allSatisfy(request -> assertThat(token(request)).as(request.getFullName()).isNotNull());
  }

  private static Object token(Descriptor message) {
    return message.findFieldByName("session_token");
  }
}
