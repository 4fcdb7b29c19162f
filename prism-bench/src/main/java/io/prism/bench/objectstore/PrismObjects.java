package io.prism.bench.objectstore;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.grpc.Channel;
import io.prism.bench.client.StreamingCall;
import io.prism.bench.deployment.Service;
import io.prism.bench.load.Attempt;
import io.prism.bench.scenario.Bench;
import io.prism.objectstore.v1.GetObjectRequest;
import io.prism.objectstore.v1.GetObjectResponse;
import io.prism.objectstore.v1.ObjectStoreServiceGrpc;
import io.prism.objectstore.v1.PutObjectRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/** Objects by Prism, in chunks of 256 KB, on one connection. */
final class PrismObjects {
  static final String BUCKET = "bench";
  private static final int CHUNK = 256 * 1024;

  private final ObjectSize size;
  private final Channel channel;
  private final List<PutObjectRequest> chunks;
  private final StreamingCall<GetObjectRequest, GetObjectResponse> gets;
  private final AtomicInteger next = new AtomicInteger();

  PrismObjects(Bench bench, ObjectSize size) throws InterruptedException {
    this.size = size;
    this.channel = bench.client(Service.OBJECTSTORE).channel();
    this.chunks = chunks(UnsafeByteOperations.unsafeWrap(size.content()));
    this.gets =
        new StreamingCall<>(
            channel,
            ObjectStoreServiceGrpc.getGetObjectMethod(),
            message -> message.getChunk().size(),
            size::defect);
  }

  private static List<PutObjectRequest> chunks(ByteString content) {
    List<PutObjectRequest> chunks = new ArrayList<>();
    for (int i = 0; i < content.size(); i += CHUNK) {
      ByteString chunk = content.substring(i, Math.min(content.size(), i + CHUNK));
      chunks.add(PutObjectRequest.newBuilder().setChunk(chunk).build());
    }
    return List.copyOf(chunks);
  }

  /** These, with all objects stored. */
  PrismObjects filled(Bench bench) throws InterruptedException {
    size.fill(bench, this::put);
    return this;
  }

  void put(Attempt attempt) {
    PutObjectRequest first =
        chunks.getFirst().toBuilder()
            .setBucket(BUCKET)
            .setKey(size.key(next.getAndIncrement()))
            .build();
    PutCall.start(channel, Stream.concat(Stream.of(first), chunks.stream().skip(1)), size, attempt);
  }

  void get(Attempt attempt) {
    gets.start(
        GetObjectRequest.newBuilder()
            .setBucket(BUCKET)
            .setKey(size.key(next.getAndIncrement()))
            .build(),
        attempt);
  }
}
