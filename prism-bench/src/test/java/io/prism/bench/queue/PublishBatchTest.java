package io.prism.bench.queue;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.rpc.Status;
import io.prism.queue.v1.PublishBatchResponse;
import io.prism.queue.v1.PublishResponse;
import org.junit.jupiter.api.Test;

final class PublishBatchTest {

  @Test
  void aBatchIsDoneWhenAllOfItsMessagesArePublished() {
    PublishBatchResponse answer = PublishBatchResponse.newBuilder().setSuccessCount(500).build();

    assertThat(PublishBatch.defect(answer)).isEmpty();
  }

  @Test
  void aBatchWithAFailedMessageIsNotDone() {
    PublishBatchResponse answer =
        PublishBatchResponse.newBuilder()
            .setSuccessCount(499)
            .setFailureCount(1)
            .addResults(PublishResponse.newBuilder().setMessageId("t:0:1"))
            .addResults(
                PublishResponse.newBuilder().setError(Status.newBuilder().setMessage("too late")))
            .build();

    assertThat(PublishBatch.defect(answer))
        .contains("499 of 500 messages of a batch are published, the first failure: too late");
  }
}
