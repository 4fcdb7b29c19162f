package io.prism.bench;

import io.prism.bench.cache.CacheGet;
import io.prism.bench.cache.CacheGetLatency;
import io.prism.bench.cache.CacheGetMulti;
import io.prism.bench.cache.CacheIncrement;
import io.prism.bench.cache.CacheMiss;
import io.prism.bench.cache.CacheSet;
import io.prism.bench.floor.Echo;
import io.prism.bench.floor.EchoLatency;
import io.prism.bench.objectstore.ObjectGet;
import io.prism.bench.objectstore.ObjectPut;
import io.prism.bench.objectstore.ObjectSize;
import io.prism.bench.pubsub.EventLatency;
import io.prism.bench.pubsub.EventStream;
import io.prism.bench.pubsub.FanOut;
import io.prism.bench.queue.Drain;
import io.prism.bench.queue.Publish;
import io.prism.bench.queue.PublishBatch;
import io.prism.bench.queue.PublishLatency;
import io.prism.bench.queue.PublishToReceive;
import io.prism.bench.relational.Count;
import io.prism.bench.relational.Get;
import io.prism.bench.relational.GetLatency;
import io.prism.bench.relational.Query;
import io.prism.bench.relational.Read;
import io.prism.bench.relational.Transaction;
import io.prism.bench.relational.Write;
import io.prism.bench.relational.WriteMailbox;
import io.prism.bench.scenario.Scenario;
import io.prism.bench.session.SessionCreate;
import io.prism.bench.timeseries.EventsAggregate;
import io.prism.bench.timeseries.EventsAppend;
import io.prism.bench.timeseries.EventsStream;
import io.prism.bench.vector.Backend;
import io.prism.bench.vector.VectorIndex;
import io.prism.bench.vector.VectorSearch;
import io.prism.bench.vector.VectorSearchLatency;
import io.prism.bench.vector.VectorSet;
import java.util.List;

/** All scenarios, in the order in which they run: each starts the services that it needs first. */
final class Scenarios {
  private static final List<Scenario> ALL =
      List.of(
          new Echo(),
          new Publish(),
          new PublishLatency(),
          new PublishBatch(),
          new Drain(),
          new PublishToReceive(),
          new EchoLatency(),
          new Get(),
          new GetLatency(),
          new Read(),
          new Query(),
          new Count(),
          new Write(),
          new WriteMailbox(),
          new Transaction(),
          new CacheGet(),
          new CacheGetLatency(),
          new CacheMiss(),
          new CacheGetMulti(),
          new CacheSet(),
          new CacheIncrement(),
          new EventLatency(),
          new EventStream(),
          new FanOut(),
          new ObjectGet(ObjectSize.SMALL),
          new ObjectPut(ObjectSize.SMALL),
          new ObjectGet(ObjectSize.LARGE),
          new ObjectPut(ObjectSize.LARGE),
          new EventsAppend(),
          new EventsStream(),
          new EventsAggregate(),
          new VectorIndex(Backend.LUCENE, VectorSet.NARROW),
          new VectorSearch(Backend.LUCENE, VectorSet.NARROW),
          new VectorSearchLatency(Backend.LUCENE, VectorSet.NARROW),
          new VectorIndex(Backend.LUCENE, VectorSet.WIDE),
          new VectorSearch(Backend.LUCENE, VectorSet.WIDE),
          new VectorIndex(Backend.REDIS, VectorSet.NARROW),
          new VectorSearch(Backend.REDIS, VectorSet.NARROW),
          new VectorSearchLatency(Backend.REDIS, VectorSet.NARROW),
          new VectorIndex(Backend.REDIS, VectorSet.WIDE),
          new VectorSearch(Backend.REDIS, VectorSet.WIDE),
          // Last: the sessions that it leaves behind keep the services busy when they expire.
          new SessionCreate());

  private Scenarios() {}

  static List<Scenario> all() {
    return ALL;
  }

  /** Those of some names, in the order of the list; all when no name is given. */
  static List<Scenario> named(List<String> names) {
    List<String> known = ALL.stream().map(Scenario::name).toList();
    for (String name : names) {
      if (!known.contains(name)) {
        throw new BadArguments(
            "unknown scenario '" + name + "', expected some of: " + String.join(", ", known));
      }
    }
    return names.isEmpty()
        ? ALL
        : ALL.stream().filter(scenario -> names.contains(scenario.name())).toList();
  }
}
