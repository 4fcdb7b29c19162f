package io.prism.reader;

import static io.prism.starter.testing.Failures.detail;
import static io.prism.starter.testing.Failures.failsWith;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.rpc.BadRequest;
import com.google.rpc.ResourceInfo;
import io.prism.config.v1.ClientConfig;
import io.prism.reader.domain.ReaderReason;
import io.prism.reader.testing.ReaderFixture;
import io.prism.reader.testing.ReaderFixture.Namespace;
import io.prism.reader.v1.GetRequest;
import io.prism.reader.v1.GetResponse;
import io.prism.reader.v1.ReaderServiceGrpc.ReaderServiceBlockingStub;
import io.prism.starter.error.CallReason;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class GetTest {

  private static final Namespace namespace = ReaderFixture.shared().namespace();
  private static final ReaderServiceBlockingStub reader = namespace.reader();

  @BeforeAll
  static void makeTables() {
    namespace.execute(
        "create type mood as enum ('sad', 'ok')",
        "create domain code as text",
        "create table composite (a int, b int, primary key (a, b))",
        "create table keyless (a int)");
  }

  private static GetResponse get(String collection, String id, String... fields) {
    return reader.get(
        GetRequest.newBuilder()
            .setCollection(collection)
            .setId(id)
            .addAllFields(java.util.List.of(fields))
            .build());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "int | 42 | 43 | 4x",
        "bigint | 9223372036854775807 | 9223372036854775806 | 9223372036854775808",
        "numeric | 1.50 | 1.51 | one",
        "text | a b | a | ",
        "code | 'x' | X | ",
        "uuid | 0190a5e4-7bfe-7c3d-9f5a-2b1c3d4e5f60 | 0190a5e4-7bfe-7c3d-9f5a-2b1c3d4e5f61 | 0190",
        "timestamptz | 2025-09-07T00:00:00.000001Z | 2025-09-07T00:00:00Z | 2025-09-07",
        "date | 2025-09-07 | 2025-09-08 | today",
        "mood | ok | sad | angry",
        "bytea | AAE= | AAA= | *",
        "boolean | true | false | t",
        "inet | 10.0.0.1 | 10.0.0.2 | 10.0.0.999"
      })
  void theIdIsConvertedByTheTypeOfTheKey(String type, String id, String absent, String refused) {
    String table = "by_" + type;
    namespace.execute(
        "create table " + table + " (k " + type + " primary key, v text)",
        "insert into "
            + table
            + " values ("
            + (type.equals("bytea") ? "'\\x0001'" : "'" + id.replace("'", "''") + "'")
            + ", 'found')");
    GetResponse found = get(table, id);
    assertThat(found.getFound()).isTrue();
    assertThat(found.getRow().getFieldsOrThrow("v").getStringValue()).isEqualTo("found");
    GetResponse missing = get(table, absent);
    assertThat(missing.getFound()).isFalse();
    assertThat(missing.hasRow()).isFalse();
    if (refused != null) {
      failsWith(CallReason.INVALID_ARGUMENT, () -> get(table, refused));
    }
  }

  @Test
  void aProjectionAndMetadataApply() {
    namespace.execute(
        "create table users (id int primary key, name text, created_at timestamptz default now())",
        "insert into users values (1, 'a')");
    GetResponse response = get("users", "1", "name");
    assertThat(response.getRow().getFieldsMap()).containsOnlyKeys("name");
    assertThat(response.getRow().getMetadata().hasCreatedAt()).isTrue();
    assertThat(response.getRow().getMetadata().getVersion()).isNotEmpty();
    var failure = failsWith(CallReason.INVALID_ARGUMENT, () -> get("users", "x"));
    assertThat(detail(failure, BadRequest.class).orElseThrow().getFieldViolations(0).getField())
        .isEqualTo("id");
  }

  @Test
  void aCompositeKeyIsUnimplementedAndNoneIsAFailedPrecondition() {
    failsWith(ReaderReason.COMPOSITE_KEY, () -> get("composite", "1"));
    failsWith(ReaderReason.NO_PRIMARY_KEY, () -> get("keyless", "1"));
  }

  @Test
  void anUnknownCollectionIsNotFoundByName() {
    var failure = failsWith(ReaderReason.COLLECTION_NOT_FOUND, () -> get("nowhere", "1"));
    assertThat(detail(failure, ResourceInfo.class).orElseThrow().getResourceName())
        .isEqualTo("nowhere");
  }

  @Test
  void aSessionWhoseConfigurationHasACacheReadsThrough() {
    namespace.execute("create table cached (id int primary key)", "insert into cached values (1)");
    ClientConfig.Builder config = ClientConfig.newBuilder();
    config.getCacheBuilder().setEnabled(true);
    var server = ReaderFixture.shared().server();
    var with =
        Namespace.reader(
            server.channel(
                server
                    .tokens()
                    .session()
                    .namespace(namespace.name())
                    .config(config.build())
                    .token()));
    assertThat(
            with.get(GetRequest.newBuilder().setCollection("cached").setId("1").build()).getFound())
        .isTrue();
  }
}
