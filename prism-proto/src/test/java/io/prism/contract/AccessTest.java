package io.prism.contract;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Descriptors.MethodDescriptor;
import io.prism.options.v1.Access;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AccessTest {

  @Test
  void eachRpcCarriesItsLevel() {
    assertThat(Contract.rpcs()).hasSizeGreaterThan(60);
    assertThat(rpcsWith(Access.ACCESS_UNSPECIFIED)).isEmpty();
    assertThat(rpcsWith(Access.UNRECOGNIZED)).isEmpty();
  }

  @Test
  void onlyCreateSessionIsPublic() {
    assertThat(rpcsWith(Access.ACCESS_PUBLIC))
        .containsExactly("prism.session.v1.SessionService.CreateSession");
  }

  @Test
  void onlySessionServiceNeedsNoPermission() {
    assertThat(rpcsWith(Access.ACCESS_SESSION))
        .isNotEmpty()
        .allMatch(rpc -> rpc.startsWith("prism.session.v1.SessionService."));
  }

  @Test
  void exactlyTheInternalPackagesAreInternal() {
    assertThat(rpcsWith(Access.ACCESS_INTERNAL))
        .isNotEmpty()
        .containsExactlyInAnyOrderElementsOf(
            Contract.rpcs()
                .filter(rpc -> rpc.getFile().getPackage().contains(".internal."))
                .map(MethodDescriptor::getFullName)
                .toList());
  }

  @Test
  void adminServiceIsForAdmins() {
    assertThat(levelsOf("admin")).containsExactly(Access.ACCESS_ADMIN);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"queue", "pubsub", "transact", "cache", "timeseries", "objectstore", "vector"})
  void aDataServiceReadsAndWrites(String service) {
    assertThat(levelsOf(service))
        .containsExactlyInAnyOrder(Access.ACCESS_READ, Access.ACCESS_WRITE);
  }

  @Test
  void readerOnlyReads() {
    assertThat(levelsOf("reader")).containsExactly(Access.ACCESS_READ);
  }

  private static Set<Access> levelsOf(String service) {
    return Contract.rpcs()
        .filter(rpc -> rpc.getFile().getPackage().equals("prism." + service + ".v1"))
        .map(Contract::access)
        .collect(Collectors.toSet());
  }

  private static Stream<String> rpcsWith(Access access) {
    return Contract.rpcs()
        .filter(rpc -> Contract.access(rpc) == access)
        .map(MethodDescriptor::getFullName);
  }
}
