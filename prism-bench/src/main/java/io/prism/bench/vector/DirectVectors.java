package io.prism.bench.vector;

import io.prism.bench.load.Attempt;
import java.io.IOException;
import java.util.List;

/** An index without Prism, with the service's own settings. */
interface DirectVectors {
  int TOP_K = 10;

  /** The settings that vector-svc has by default. */
  int LINKS = 32;

  int CONSTRUCTION = 400;
  int SEARCH = 400;

  /** Lets searches find the vectors of a set, which Prism's side has already. */
  void fill(VectorSet set, int count) throws IOException;

  /** The nearest, and waits for them. */
  List<String> search(float[] query) throws IOException;

  /** A search as an operation, which fails when nothing is found. */
  void search(Attempt attempt, float[] query);

  /** Storing one as an operation. */
  void add(Attempt attempt, String id, float[] vector);
}
