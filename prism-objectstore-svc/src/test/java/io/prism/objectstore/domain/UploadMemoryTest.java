package io.prism.objectstore.domain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.prism.starter.error.CallReason;
import io.prism.starter.error.PrismException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

class UploadMemoryTest {

  @Test
  void whoFindsNoneFreeWaitsInLineAndBeyondThatIsRefused() {
    UploadMemory memory = new UploadMemory(1, 2);
    UploadMemory.Share first = memory.acquire().join();
    CompletableFuture<UploadMemory.Share> second = memory.acquire();
    CompletableFuture<UploadMemory.Share> third = memory.acquire();
    assertThatThrownBy(() -> memory.acquire().join())
        .isInstanceOf(CompletionException.class)
        .cause()
        .isInstanceOfSatisfying(
            PrismException.class,
            refused -> assertThat(refused.reason()).isEqualTo(CallReason.OVERLOADED));
    assertThat(second).isNotDone();
    first.release();
    first.release();
    assertThat(second).isCompleted();
    assertThat(third).isNotDone();
    assertThat(memory.inUse()).isEqualTo(1);
    second.join().release();
    third.join().release();
    assertThat(memory.inUse()).isZero();
    assertThat(memory.acquire()).isCompleted();
  }
}
