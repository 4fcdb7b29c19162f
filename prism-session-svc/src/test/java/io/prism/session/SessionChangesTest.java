package io.prism.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.prism.session.domain.SessionChanges;
import io.prism.session.domain.SessionEvent;
import io.prism.session.domain.SessionState;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What followers of changes are told when the database falls silent. */
final class SessionChangesTest {

  private static final class Recorder implements SessionChanges.Follower {
    private final List<String> told = new ArrayList<>();

    @Override
    public void changed(Collection<SessionEvent> events) {
      told.add("changed " + events.size());
    }

    @Override
    public void current() {
      told.add("current");
    }

    @Override
    public void lost() {
      told.add("lost");
    }
  }

  @Test
  void followersHearOfChangesAndOfSilence() {
    SessionChanges changes = new SessionChanges(Duration.ZERO);
    Recorder recorder = new Recorder();
    changes.follow(recorder);
    changes.publish(List.of(new SessionEvent("s", 2, SessionState.CLOSED, Instant.EPOCH, "")));
    changes.publish(List.of());
    changes.current();
    changes.checkSilence();
    changes.unfollow(recorder);
    changes.current();
    assertThat(recorder.told).containsExactly("changed 1", "current", "lost");
  }
}
