package io.prism.cache;

import static io.prism.cache.testing.Configs.lookAside;
import static io.prism.cache.testing.Configs.source;
import static io.prism.starter.testing.Failures.failsWith;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.util.concurrent.ListenableFuture;
import com.google.protobuf.ByteString;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import io.grpc.StatusRuntimeException;
import io.prism.cache.domain.AnswerRoom;
import io.prism.cache.domain.CacheReason;
import io.prism.cache.testing.Answers;
import io.prism.cache.testing.CacheFixture;
import io.prism.cache.testing.Client;
import io.prism.cache.testing.Configs;
import io.prism.cache.testing.SlowUsers;
import io.prism.cache.v1.CacheEntry;
import io.prism.cache.v1.GetMultiRequest;
import io.prism.cache.v1.GetMultiResponse;
import io.prism.config.v1.CacheStrategy;
import io.prism.starter.error.CallReason;
import io.prism.starter.testing.Await;
import io.prism.starter.testing.Failures;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What answers of several values may weigh. */
class AnswersTest {

  private static final int MEBIBYTE = 1024 * 1024;
  private static final CacheFixture fixture =
      CacheFixture.shared()
          .another("prism.cache.get-multi.max-answer=1MB", "prism.cache.get-multi.max-held=2MB");

  private final String namespace = "t" + UUID.randomUUID().toString().replace("-", "");

  @AfterAll
  static void stop() {
    fixture.close();
  }

  private static ByteString bytes(int count, int seed) {
    byte[] bytes = new byte[count];
    java.util.Arrays.fill(bytes, (byte) seed);
    return ByteString.copyFrom(bytes);
  }

  private static void refused(Client client, List<String> keys) {
    StatusRuntimeException failure =
        failsWith(CacheReason.ANSWER_TOO_LARGE, () -> client.getMulti(keys));
    assertThat(Failures.detail(failure, ErrorInfo.class).orElseThrow().getMetadataOrThrow("limit"))
        .isEqualTo("1048576");
  }

  private static void allGivenBack() {
    AnswerRoom room = fixture.context().getBean(AnswerRoom.class);
    Await.until("all room to be given back", () -> room.held() == 0);
  }

  @ParameterizedTest
  @EnumSource(
      mode = EnumSource.Mode.EXCLUDE,
      names = {"CACHE_STRATEGY_UNSPECIFIED", "UNRECOGNIZED"})
  void anAnswerThatIsTooLargeIsResourceExhaustedAndSaysTheLimit(CacheStrategy strategy) {
    Client client = fixture.client(Configs.of(strategy));
    List<String> keys = IntStream.range(0, 5).mapToObj(i -> "k" + i).toList();
    for (int i = 0; i < 5; i++) {
      client.set("k" + i, bytes(MEBIBYTE / 4, i));
    }
    // From the source, where there is one, and then from the copies.
    for (int i = 0; i < 2; i++) {
      refused(client, keys);
      assertThat(client.getMulti(keys.subList(0, 4)).getEntriesList())
          .extracting(CacheEntry::getValue)
          .containsExactly(
              bytes(MEBIBYTE / 4, 0),
              bytes(MEBIBYTE / 4, 1),
              bytes(MEBIBYTE / 4, 2),
              bytes(MEBIBYTE / 4, 3));
    }
    refused(client, List.of("k4", "k3", "k2", "none", "k1", "k0"));
    allGivenBack();
  }

  @ParameterizedTest
  @EnumSource(
      mode = EnumSource.Mode.EXCLUDE,
      names = {"CACHE_STRATEGY_UNSPECIFIED", "UNRECOGNIZED"})
  void aKeyThatComesTwiceCountsTwice(CacheStrategy strategy) {
    Client client = fixture.client(Configs.of(strategy));
    client.set("k", bytes(MEBIBYTE / 2, 7));
    assertThat(client.getMulti("k", "k").getFoundCount()).isEqualTo(2);
    refused(client, Collections.nCopies(3, "k"));
    refused(client, Collections.nCopies(1000, "k"));
    allGivenBack();
  }

  @Test
  void rowsThatAreTooLargeAreNotReadFromTheSource() {
    String schema = "ns_" + namespace;
    fixture.execute(
        "create schema " + schema,
        "create table " + schema + ".users (id int primary key, name text)",
        "insert into "
            + schema
            + ".users select i, repeat(i::text, 300000) from generate_series(1, 5) i");
    List<String> keys = IntStream.range(1, 6).mapToObj(i -> "users:" + i).toList();
    for (String valueField : List.of("name", "")) {
      Client client =
          fixture.client(namespace, lookAside().setSource(source("users", "", valueField)));
      refused(client, keys);
      assertThat(client.getMulti(keys.subList(0, 3)).getFoundCount()).isEqualTo(3);
      refused(client, keys);
    }
    allGivenBack();
  }

  @Test
  void moreAnswersThanThereIsRoomForAreOverloaded() {
    Client client = fixture.client(namespace, lookAside().setSource(source("slow", "id", "name")));
    GetMultiRequest request = GetMultiRequest.newBuilder().addKeys("slow:1").build();
    try (SlowUsers users = new SlowUsers(fixture, namespace)) {
      users.hold();
      List<ListenableFuture<GetMultiResponse>> calls = new ArrayList<>();
      // A quarter of a mebibyte each, as long as nobody knows how much it will be.
      for (int i = 0; i < 8; i++) {
        calls.add(client.futures().getMulti(request));
      }
      AnswerRoom room = fixture.context().getBean(AnswerRoom.class);
      Await.until("all calls to have their room", () -> room.held() == 2 * MEBIBYTE);
      StatusRuntimeException failure =
          failsWith(CallReason.OVERLOADED, () -> client.getMulti("slow:1"));
      assertThat(Failures.detail(failure, RetryInfo.class)).isPresent();
      users.release();
      assertThat(calls)
          .allSatisfy(call -> assertThat(Answers.of(call).getFoundCount()).isEqualTo(1));
    }
    allGivenBack();
    assertThat(client.getMulti("slow:1").getFoundCount()).isEqualTo(1);
  }

  @Test
  void aCallThatIsCancelledGivesItsRoomBack() {
    Client client = fixture.client(namespace, lookAside().setSource(source("slow", "id", "name")));
    AnswerRoom room = fixture.context().getBean(AnswerRoom.class);
    try (SlowUsers users = new SlowUsers(fixture, namespace)) {
      users.hold();
      ListenableFuture<GetMultiResponse> call =
          client.futures().getMulti(GetMultiRequest.newBuilder().addKeys("slow:1").build());
      Await.until("the call", () -> room.held() > 0);
      call.cancel(true);
      users.release();
    }
    allGivenBack();
  }
}
