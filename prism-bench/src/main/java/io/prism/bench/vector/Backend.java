package io.prism.bench.vector;

import io.prism.bench.deployment.Service;
import io.prism.bench.scenario.Bench;
import java.io.IOException;

/** What vector-svc stands on, and how it is used without Prism. */
public enum Backend {
  /** In the process of the service, and of the driver. */
  LUCENE(Service.VECTOR, "Lucene", "") {
    @Override
    DirectVectors open(Bench bench, String index) throws IOException {
      return DirectLucene.open(bench, index);
    }
  },
  /** Vector sets, by Lettuce. */
  REDIS(Service.VECTOR_REDIS, "Redis 8", "redis-") {
    @Override
    DirectVectors open(Bench bench, String index) throws InterruptedException {
      return DirectRedis.open(bench, index);
    }
  };

  private final Service service;
  private final String title;
  private final String infix;

  Backend(Service service, String title, String infix) {
    this.service = service;
    this.title = title;
    this.infix = infix;
  }

  abstract DirectVectors open(Bench bench, String index) throws InterruptedException, IOException;

  Service service() {
    return service;
  }

  String title() {
    return title;
  }

  /** The name of a scenario. */
  String scenario(String what, VectorSet set) {
    return "vector-" + what + "-" + infix + set.suffix();
  }
}
