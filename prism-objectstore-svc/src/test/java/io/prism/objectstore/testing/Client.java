package io.prism.objectstore.testing;

import com.google.protobuf.ByteString;
import io.grpc.Context;
import io.grpc.ManagedChannel;
import io.prism.config.v1.ClientConfig;
import io.prism.config.v1.ObjectStoreConfig;
import io.prism.objectstore.v1.DeleteObjectRequest;
import io.prism.objectstore.v1.GetObjectRequest;
import io.prism.objectstore.v1.GetObjectResponse;
import io.prism.objectstore.v1.HeadObjectRequest;
import io.prism.objectstore.v1.HeadObjectResponse;
import io.prism.objectstore.v1.HttpMethod;
import io.prism.objectstore.v1.ListObjectsRequest;
import io.prism.objectstore.v1.ListObjectsResponse;
import io.prism.objectstore.v1.ObjectMetadata;
import io.prism.objectstore.v1.ObjectStoreServiceGrpc;
import io.prism.objectstore.v1.ObjectStoreServiceGrpc.ObjectStoreServiceBlockingStub;
import io.prism.objectstore.v1.ObjectStoreServiceGrpc.ObjectStoreServiceStub;
import io.prism.objectstore.v1.PresignedURLRequest;
import io.prism.objectstore.v1.PresignedURLResponse;
import io.prism.objectstore.v1.PutObjectRequest;
import io.prism.objectstore.v1.PutObjectResponse;
import io.prism.starter.testing.PrismTestServer;
import io.prism.starter.testing.TokenMinter;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A client of the ObjectStore service with a session of its own. */
public final class Client {

  public static final String BUCKET = "things";

  private static final int CHUNK = 64 * 1024;

  private final String namespace;
  private final ManagedChannel channel;

  private Client(PrismTestServer server, String namespace, TokenMinter.SessionSpec session) {
    this.namespace = namespace;
    channel = server.channel(session.namespace(namespace).token());
  }

  /** One that may write. */
  static Client writer(PrismTestServer server, String namespace, ObjectStoreConfig config) {
    return new Client(
        server,
        namespace,
        server
            .tokens()
            .session()
            .permissions("objectstore:write")
            .config(ClientConfig.newBuilder().setObjectStore(config).build()));
  }

  /** One that may only read, by its permissions or by its session. */
  static Client reader(PrismTestServer server, String namespace, boolean readOnlySession) {
    TokenMinter.SessionSpec session = server.tokens().session();
    return new Client(
        server,
        namespace,
        readOnlySession
            ? session.permissions("objectstore:write").readOnly()
            : session.permissions("objectstore:read"));
  }

  public String namespace() {
    return namespace;
  }

  public ObjectStoreServiceBlockingStub stub() {
    return ObjectStoreServiceGrpc.newBlockingStub(channel).withDeadlineAfter(60, TimeUnit.SECONDS);
  }

  public ObjectStoreServiceStub async() {
    return ObjectStoreServiceGrpc.newStub(channel);
  }

  /** The first message of an upload. */
  public static PutObjectRequest.Builder first(String key) {
    return PutObjectRequest.newBuilder().setBucket(BUCKET).setKey(key);
  }

  public PutObjectResponse put(String key, String content) {
    return put(first(key), ByteString.copyFromUtf8(content));
  }

  public PutObjectResponse put(String key, ByteString content) {
    return put(first(key), content);
  }

  /** Uploads an object in chunks of 64 KB. */
  public PutObjectResponse put(PutObjectRequest.Builder first, ByteString content) {
    return put(first, content, CHUNK);
  }

  public PutObjectResponse put(PutObjectRequest.Builder first, ByteString content, int chunk) {
    try (UploadStream upload = upload()) {
      upload.send(first.setChunk(content.substring(0, Math.min(chunk, content.size()))).build());
      for (int i = chunk; i < content.size() && !upload.isOver(); i += chunk) {
        upload.send(
            PutObjectRequest.newBuilder()
                .setChunk(content.substring(i, Math.min(content.size(), i + chunk)))
                .build());
      }
      return upload.finish();
    }
  }

  public UploadStream upload() {
    return new UploadStream(async());
  }

  public HeadObjectResponse head(String key) {
    return stub().headObject(HeadObjectRequest.newBuilder().setBucket(BUCKET).setKey(key).build());
  }

  public ByteString get(String key) {
    return get(request(key));
  }

  public static GetObjectRequest.Builder request(String key) {
    return GetObjectRequest.newBuilder().setBucket(BUCKET).setKey(key);
  }

  public ByteString get(GetObjectRequest.Builder request) {
    ByteString content = ByteString.EMPTY;
    Iterator<GetObjectResponse> messages = stub().getObject(request.build());
    while (messages.hasNext()) {
      content = content.concat(messages.next().getChunk());
    }
    return content;
  }

  /** The first message of a download, of which nothing else is wanted. */
  public GetObjectResponse header(String key) {
    Context.CancellableContext context = Context.current().withCancellation();
    try {
      return context.call(() -> stub().getObject(request(key).build()).next());
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new AssertionError(e);
    } finally {
      context.cancel(null);
    }
  }

  public boolean delete(String key) {
    return stub()
        .deleteObject(DeleteObjectRequest.newBuilder().setBucket(BUCKET).setKey(key).build())
        .getDeleted();
  }

  public static PresignedURLRequest.Builder url(String key, HttpMethod method) {
    return PresignedURLRequest.newBuilder().setBucket(BUCKET).setKey(key).setMethod(method);
  }

  public PresignedURLResponse sign(String key, HttpMethod method, String contentType) {
    return stub().getPresignedURL(url(key, method).setContentType(contentType).build());
  }

  public static ListObjectsRequest.Builder listing() {
    return ListObjectsRequest.newBuilder().setBucket(BUCKET);
  }

  public ListObjectsResponse list(ListObjectsRequest.Builder request) {
    return stub().listObjects(request.build());
  }

  public List<String> keys() {
    return keys(list(listing().setMaxResults(10_000)));
  }

  public static List<String> keys(ListObjectsResponse page) {
    return page.getObjectsList().stream().map(ObjectMetadata::getKey).toList();
  }
}
