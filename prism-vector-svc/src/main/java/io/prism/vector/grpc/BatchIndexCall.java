package io.prism.vector.grpc;

import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.prism.starter.call.OutboundStream;
import io.prism.vector.domain.IndexSpec;
import io.prism.vector.domain.NewVector;
import io.prism.vector.domain.Outcome;
import io.prism.vector.domain.VectorFault;
import io.prism.vector.domain.VectorRules;
import io.prism.vector.domain.VectorStore;
import io.prism.vector.v1.BatchIndexResponse;
import io.prism.vector.v1.IndexVectorRequest;
import io.prism.vector.v1.ItemError;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * One BatchIndex. While some vectors are stored, the next are gathered, so many that the store is
 * never idle and few enough that a slow store slows the client and costs no memory.
 */
final class BatchIndexCall implements StreamObserver<IndexVectorRequest>, OutboundStream.Events {

  /** Most vectors that are gathered, and most that were asked for and have not come. */
  private static final int GATHERED = 64;

  private static final long GATHERED_BYTES = 1024 * 1024;
  private static final int FIRST_ASK = 4;
  private static final int MAX_ERRORS = 100;

  private final VectorStore store;
  private final IndexSpec index;
  private final ServerCallStreamObserver<BatchIndexResponse> call;
  private final OutboundStream<BatchIndexResponse> stream;
  private final ReentrantLock lock = new ReentrantLock();

  // All under the lock.
  private final BatchIndexResponse.Builder answer = BatchIndexResponse.newBuilder();
  private List<Item> gathered = new ArrayList<>();
  private long gatheredBytes;
  private long received;
  private int asked;
  private int largest;
  private boolean storing;
  private boolean complete;
  private boolean over;

  /** A vector and its place in the stream. */
  private record Item(long index, NewVector vector) {}

  private BatchIndexCall(
      VectorStore store, IndexSpec index, ServerCallStreamObserver<BatchIndexResponse> call) {
    this.store = store;
    this.index = index;
    this.call = call;
    this.stream = OutboundStream.of(call);
  }

  static StreamObserver<IndexVectorRequest> start(
      VectorStore store, IndexSpec index, StreamObserver<BatchIndexResponse> response) {
    ServerCallStreamObserver<BatchIndexResponse> call =
        (ServerCallStreamObserver<BatchIndexResponse>) response;
    BatchIndexCall started = new BatchIndexCall(store, index, call);
    call.disableAutoRequest();
    started.stream.listen(started);
    started.proceed();
    return started;
  }

  @Override
  public void onNext(IndexVectorRequest request) {
    NewVector vector = VectorProtos.vector(request);
    VectorFault fault = VectorRules.fault(index, vector);
    int bytes = request.getSerializedSize();
    lock.lock();
    try {
      if (over) {
        return;
      }
      asked--;
      largest = Math.max(largest, bytes);
      long place = received++;
      if (fault == null) {
        gathered.add(new Item(place, vector));
        gatheredBytes += bytes;
      } else {
        refuse(place, vector.id(), fault);
      }
    } finally {
      lock.unlock();
    }
    proceed();
  }

  private void refuse(long place, String id, VectorFault fault) {
    answer.setFailed(answer.getFailed() + 1);
    if (answer.getErrorsCount() < MAX_ERRORS) {
      answer.addErrors(
          ItemError.newBuilder()
              .setIndex(place)
              .setId(id)
              .setCode(fault.reason().name())
              .setMessage(fault.message()));
    }
  }

  /** Stores what has been gathered, asks for more, and answers when there is no more. */
  private void proceed() {
    List<Item> batch = null;
    int more = 0;
    BatchIndexResponse last = null;
    lock.lock();
    try {
      if (over) {
        return;
      }
      if (!storing && !gathered.isEmpty()) {
        storing = true;
        batch = gathered;
        gathered = new ArrayList<>();
        gatheredBytes = 0;
      }
      if (complete && !storing) {
        over = true;
        last = answer.build();
      } else if (!complete) {
        more = room();
        asked += more;
      }
    } finally {
      lock.unlock();
    }
    if (last != null) {
      stream.send(last);
      stream.complete();
    }
    if (more > 0) {
      call.request(more);
    }
    if (batch != null) {
      store(batch);
    }
  }

  /** How many more to ask for: fewer the larger they are, since what was asked for may come. */
  private int room() {
    int most =
        largest == 0
            ? FIRST_ASK
            : Math.clamp((GATHERED_BYTES - gatheredBytes) / largest, 0, GATHERED);
    int wanted = Math.min(most, GATHERED - gathered.size());
    if (wanted == 0 && gathered.isEmpty()) {
      wanted = 1;
    }
    return asked <= wanted / 2 ? wanted - asked : 0;
  }

  private void store(List<Item> batch) {
    List<NewVector> vectors = batch.stream().map(Item::vector).toList();
    var _ =
        store
            .index(index, vectors)
            .whenComplete(
                (outcomes, failure) -> {
                  if (failure == null) {
                    stored(batch, outcomes);
                  } else {
                    failed(failure);
                  }
                });
  }

  private void stored(List<Item> batch, List<Outcome> outcomes) {
    lock.lock();
    try {
      storing = false;
      for (int i = 0; i < batch.size(); i++) {
        VectorFault fault = outcomes.get(i).fault();
        if (fault == null) {
          answer.setIndexed(answer.getIndexed() + 1);
        } else {
          refuse(batch.get(i).index(), batch.get(i).vector().id(), fault);
        }
      }
    } finally {
      lock.unlock();
    }
    proceed();
  }

  private void failed(Throwable failure) {
    end();
    stream.fail(failure);
  }

  private void end() {
    lock.lock();
    try {
      over = true;
      gathered = List.of();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void onCompleted() {
    lock.lock();
    try {
      complete = true;
    } finally {
      lock.unlock();
    }
    proceed();
  }

  @Override
  public void onReady() {}

  @Override
  public void onEnd() {
    end();
  }

  /** Told of by {@link #onEnd}, too. */
  @Override
  public void onError(@Nullable Throwable failure) {}
}
