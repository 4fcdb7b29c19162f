package io.prism.local.demo;

import com.google.protobuf.ByteString;
import io.grpc.Channel;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.BlockingClientCall;
import io.prism.cache.v1.CacheServiceGrpc;
import io.prism.cache.v1.GetRequest;
import io.prism.cache.v1.GetResponse;
import io.prism.cache.v1.SetRequest;
import io.prism.config.v1.CacheConfig;
import io.prism.config.v1.CacheStrategy;
import io.prism.objectstore.v1.DeleteObjectRequest;
import io.prism.objectstore.v1.GetObjectRequest;
import io.prism.objectstore.v1.GetObjectResponse;
import io.prism.objectstore.v1.HeadObjectRequest;
import io.prism.objectstore.v1.HeadObjectResponse;
import io.prism.objectstore.v1.HttpMethod;
import io.prism.objectstore.v1.ListObjectsRequest;
import io.prism.objectstore.v1.ListObjectsResponse;
import io.prism.objectstore.v1.ObjectStoreServiceGrpc;
import io.prism.objectstore.v1.PresignedURLRequest;
import io.prism.objectstore.v1.PresignedURLResponse;
import io.prism.objectstore.v1.PutObjectRequest;
import io.prism.objectstore.v1.PutObjectResponse;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Iterator;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/**
 * RFC-002 §16: a picture of a profile, streamed up and down, listed, with its metadata in the
 * cache, and fetched by a plain client of HTTP with a presigned URL.
 */
final class ObjectStoreDemo {

  private static final String BUCKET = "profile-pictures";
  private static final int CHUNK = 64 * 1024;
  private static final int CHUNKS = 16;
  private static final long YEAR_SECONDS = 365L * 24 * 60 * 60;

  /** What is known about objects, in the cache for an hour. */
  private static final CacheConfig METADATA =
      CacheConfig.newBuilder()
          .setStrategy(CacheStrategy.CACHE_STRATEGY_CACHE_ONLY)
          .setTtlSeconds(3_600)
          .build();

  private final Narrator narrator;
  private final Channel channel;
  private final String token;

  ObjectStoreDemo(ManagedChannel channel, Narrator narrator, SessionDemo sessions) {
    this.channel = channel;
    this.narrator = narrator;
    this.token = sessions.openForAllServices(METADATA);
  }

  void run() throws InterruptedException {
    narrator.title("ObjectStore (RFC-002 §16)");
    String key = "users/42/" + UUID.randomUUID() + ".png";
    PutObjectResponse put = put(key);
    narrator.step(
        "PutObject",
        "%s, %d bytes in %d chunks, SHA-256 %s…"
            .formatted(
                put.getObjectId(), put.getSizeBytes(), CHUNKS, put.getSha256().substring(0, 12)));
    narrator.step("GetObject", "%d bytes again".formatted(get(key, put.getSizeBytes())));
    list(key);
    cacheMetadata(key);
    byUrl(key, put.getSizeBytes());
    boolean deleted =
        objects()
            .deleteObject(DeleteObjectRequest.newBuilder().setBucket(BUCKET).setKey(key).build())
            .getDeleted();
    if (!deleted) {
      throw new UnexpectedOutcome("there was nothing to delete");
    }
    narrator.step("DeleteObject", "deleted");
  }

  private PutObjectResponse put(String key) throws InterruptedException {
    try {
      BlockingClientCall<PutObjectRequest, PutObjectResponse> upload =
          ObjectStoreServiceGrpc.newBlockingV2Stub(channel)
              .withInterceptors(SessionDemo.token(token))
              .withDeadlineAfter(60, TimeUnit.SECONDS)
              .putObject();
      upload.write(
          PutObjectRequest.newBuilder()
              .setBucket(BUCKET)
              .setKey(key)
              .setContentType("image/png")
              .putMetadata("taken-by", "demo")
              .setTtlSeconds(YEAR_SECONDS)
              .setOnlyIfNotExists(true)
              .build());
      ByteString chunk = ByteString.copyFrom(new byte[CHUNK]);
      for (int i = 0; i < CHUNKS; i++) {
        upload.write(PutObjectRequest.newBuilder().setChunk(chunk).build());
      }
      upload.halfClose();
      PutObjectResponse response = upload.read();
      if (response == null) {
        throw new UnexpectedOutcome("PutObject answered nothing");
      }
      return response;
    } catch (StatusException e) {
      throw e.getStatus().asRuntimeException(e.getTrailers());
    }
  }

  private long get(String key, long expected) {
    Iterator<GetObjectResponse> messages =
        objects().getObject(GetObjectRequest.newBuilder().setBucket(BUCKET).setKey(key).build());
    long size = 0;
    while (messages.hasNext()) {
      size += messages.next().getChunk().size();
    }
    if (size != expected) {
      throw new UnexpectedOutcome("got %d bytes (expected: %d)".formatted(size, expected));
    }
    return size;
  }

  private void list(String key) {
    ListObjectsResponse listed =
        objects()
            .listObjects(ListObjectsRequest.newBuilder().setBucket(BUCKET).setPrefix(key).build());
    if (listed.getObjectsCount() != 1 || !listed.getObjects(0).getKey().equals(key)) {
      throw new UnexpectedOutcome("the object is not listed");
    }
    narrator.step(
        "ListObjects",
        "listed; it expires in %d days"
            .formatted(
                (listed.getObjects(0).getExpiresAt().getSeconds()
                        - listed.getObjects(0).getLastModified().getSeconds())
                    / TimeUnit.DAYS.toSeconds(1)));
  }

  /** RFC-002 §21.3. */
  private void cacheMetadata(String key) {
    HeadObjectResponse head =
        objects().headObject(HeadObjectRequest.newBuilder().setBucket(BUCKET).setKey(key).build());
    CacheServiceGrpc.CacheServiceBlockingStub cache =
        CacheServiceGrpc.newBlockingStub(channel)
            .withInterceptors(SessionDemo.token(token))
            .withDeadlineAfter(60, TimeUnit.SECONDS);
    String cached = BUCKET + "/" + key;
    try {
      cache.set(SetRequest.newBuilder().setKey(cached).setValue(head.toByteString()).build());
    } catch (StatusRuntimeException e) {
      if (e.getStatus().getCode() != Status.Code.UNIMPLEMENTED) {
        throw e;
      }
      narrator.step("HeadObject", "of %d bytes".formatted(head.getObject().getSizeBytes()));
      return;
    }
    GetResponse read = cache.get(GetRequest.newBuilder().setKey(cached).build());
    if (!read.getValue().equals(head.toByteString())) {
      throw new UnexpectedOutcome("the cache has other metadata");
    }
    narrator.step("HeadObject, Set, Get", "its metadata kept in the cache, and read from there");
  }

  private void byUrl(String key, long expected) throws InterruptedException {
    PresignedURLResponse url =
        objects()
            .getPresignedURL(
                PresignedURLRequest.newBuilder()
                    .setBucket(BUCKET)
                    .setKey(key)
                    .setMethod(HttpMethod.HTTP_METHOD_GET)
                    .build());
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpResponse<byte[]> response =
          client.send(
              HttpRequest.newBuilder(URI.create(url.getUrl())).build(),
              HttpResponse.BodyHandlers.ofByteArray());
      if (response.statusCode() != 200 || response.body().length != expected) {
        throw new UnexpectedOutcome(
            "by URL: status %d, %d bytes".formatted(response.statusCode(), response.body().length));
      }
      narrator.step(
          "GetPresignedURL",
          "fetched over HTTP without a token, as " + response.headers().map().get("content-type"));
    } catch (IOException e) {
      throw new UnexpectedOutcome("the URL does not work: " + e);
    }
  }

  private ObjectStoreServiceGrpc.ObjectStoreServiceBlockingStub objects() {
    return ObjectStoreServiceGrpc.newBlockingStub(channel)
        .withInterceptors(SessionDemo.token(token))
        .withDeadlineAfter(60, TimeUnit.SECONDS);
  }
}
