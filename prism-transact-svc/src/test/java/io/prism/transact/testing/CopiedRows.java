package io.prism.transact.testing;

import io.prism.redis.EntryKey;
import io.prism.redis.RedisLink;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Copies of rows in the Redis of a service, as other services would have made them. */
public record CopiedRows(TransactFixture service, String namespace) {

  private RedisLink redis() {
    return service.context().getBean(RedisLink.class);
  }

  /** Makes copies, as Reader and Cache do, and remembers the row as absent, too. */
  public void make(String table, String... ids) {
    for (String id : ids) {
      names(table, id)
          .forEach(
              name -> redis().call("test", commands -> commands.set(name, new byte[] {1})).join());
    }
  }

  /** Those of some rows of which everything is still there. */
  public List<String> left(String table, String... ids) {
    return List.of(ids).stream()
        .filter(
            id -> {
              List<byte[]> names = names(table, id);
              long there =
                  redis()
                      .call("test", commands -> commands.exists(names.toArray(byte[][]::new)))
                      .join();
              if (there != 0 && there != names.size()) {
                throw new AssertionError("only some copies of " + id + " are removed: " + there);
              }
              return there > 0;
            })
        .toList();
  }

  private List<byte[]> names(String table, String id) {
    List<byte[]> names =
        new java.util.ArrayList<>(
            EntryKey.copiesOfRow(namespace, table, id).stream().map(EntryKey::valueKey).toList());
    names.add(
        ("{" + namespace + "}:r/absent:" + table + ":" + id).getBytes(StandardCharsets.UTF_8));
    return names;
  }
}
