package io.prism.session.domain;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class AuditTrailTest {

  private static final class Recorder implements AuditStore {
    private final List<AuditEntry> kept = new ArrayList<>();

    @Override
    public void append(AuditEntry entry) {
      kept.add(entry);
    }

    @Override
    public Page<AuditRecord> list(AuditFilter filter, PageRequest page) {
      return new Page<>(List.of(), List.of());
    }

    @Override
    public int deleteOlderThan(Duration age, int limit) {
      return 0;
    }
  }

  @Test
  void whoeverIsRefusedCannotFillTheStore() {
    Recorder recorder = new Recorder();
    AuditTrail trail = new AuditTrail(recorder, 3);
    for (int i = 0; i < 100; i++) {
      trail.refused(AuditEntry.denied("somebody", "session.create", "", ""));
    }
    assertThat(recorder.kept).hasSize(3);
  }
}
