package io.prism.vector;

import io.prism.vector.testing.Fixture;
import io.prism.vector.testing.LuceneStand;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** The contract in Lucene. */
class LuceneVectorsTest extends VectorsContract {

  private static Fixture fixture;

  @BeforeAll
  static void start() {
    fixture = new Fixture(new LuceneStand().properties());
  }

  @AfterAll
  static void stop() {
    fixture.close();
  }

  @Override
  Fixture fixture() {
    return fixture;
  }
}
