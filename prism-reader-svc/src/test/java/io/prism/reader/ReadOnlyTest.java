package io.prism.reader;

import static io.prism.reader.testing.Requests.pages;
import static io.prism.reader.testing.Requests.read;
import static io.prism.starter.testing.Failures.failsWith;
import static org.assertj.core.api.Assertions.assertThat;

import io.prism.reader.domain.ReaderReason;
import io.prism.reader.testing.ReaderFixture;
import io.prism.reader.testing.ReaderFixture.Namespace;
import io.prism.reader.v1.CountRequest;
import io.prism.reader.v1.ReaderServiceGrpc.ReaderServiceBlockingStub;
import org.junit.jupiter.api.Test;

/** Views with functions that try to write while they are read. */
final class ReadOnlyTest {

  private static final Namespace namespace = ReaderFixture.shared().namespace();
  private static final ReaderServiceBlockingStub reader = namespace.reader();

  private static void makeView(String name, String body) {
    namespace.execute(
        "create function "
            + name
            + "_work() returns int language plpgsql as $$ begin "
            + body
            + " return 1; end $$",
        "create view " + name + " as select " + name + "_work() as a");
  }

  private static void count(String view) {
    var _ = reader.count(CountRequest.newBuilder().setCollection(view).build());
  }

  @Test
  void aFunctionThatWritesIsRefusedWhateverItSwitchesOffFirst() {
    namespace.execute("create table written (a int)");
    String insert = "insert into ns_" + namespace.name() + ".written values (1);";
    makeView("plain", insert);
    makeView("switching", "set transaction read write; " + insert);
    makeView("configuring", "perform set_config('transaction_read_only', 'off', false); " + insert);
    makeView("defaulting", "perform set_config('default_transaction_read_only', 'off', false);");
    for (String view : new String[] {"plain", "switching", "configuring"}) {
      failsWith(ReaderReason.COLLECTION_UNREADABLE, () -> pages(reader.read(read(view).build())));
      failsWith(ReaderReason.COLLECTION_UNREADABLE, () -> count(view));
    }
    makeView("raising", "raise exception 'secret';");
    assertThat(
            failsWith(
                    ReaderReason.COLLECTION_UNREADABLE,
                    () -> pages(reader.read(read("raising").build())))
                .getStatus()
                .getDescription())
        .doesNotContain("secret");
    for (int i = 0; i < 40; i++) {
      pages(reader.read(read("defaulting").build()));
      failsWith(
          ReaderReason.COLLECTION_UNREADABLE, () -> pages(reader.read(read("plain").build())));
    }
    // A count is a statement alone, which is not told that it must not write.
    for (int i = 0; i < 40; i++) {
      count("defaulting");
      failsWith(ReaderReason.COLLECTION_UNREADABLE, () -> count("plain"));
    }
    assertThat(namespace.select("select a from written")).isEmpty();
  }
}
