package io.prism.objectstore.grpc;

import io.grpc.BindableService;
import io.grpc.ServerServiceDefinition;
import io.grpc.stub.StreamObserver;
import io.prism.objectstore.domain.ByteRange;
import io.prism.objectstore.domain.ContinuationTokens;
import io.prism.objectstore.domain.ListQuery;
import io.prism.objectstore.domain.NameRules;
import io.prism.objectstore.domain.ObjectName;
import io.prism.objectstore.domain.ObjectRules;
import io.prism.objectstore.domain.ObjectStore;
import io.prism.objectstore.domain.Uploads;
import io.prism.objectstore.domain.UrlMethod;
import io.prism.objectstore.domain.UrlRequest;
import io.prism.objectstore.v1.DeleteObjectRequest;
import io.prism.objectstore.v1.DeleteObjectResponse;
import io.prism.objectstore.v1.GetObjectRequest;
import io.prism.objectstore.v1.GetObjectResponse;
import io.prism.objectstore.v1.HeadObjectRequest;
import io.prism.objectstore.v1.HeadObjectResponse;
import io.prism.objectstore.v1.ListObjectsRequest;
import io.prism.objectstore.v1.ListObjectsResponse;
import io.prism.objectstore.v1.ObjectStoreServiceGrpc;
import io.prism.objectstore.v1.PresignedURLRequest;
import io.prism.objectstore.v1.PresignedURLResponse;
import io.prism.objectstore.v1.PutObjectRequest;
import io.prism.objectstore.v1.PutObjectResponse;
import io.prism.options.v1.Access;
import io.prism.starter.auth.Session;
import io.prism.starter.call.Answers;
import java.time.Clock;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** The rpcs of the ObjectStore service. They run on event loops: nothing here blocks. */
@Component
final class ObjectStoreGrpcService implements BindableService, ObjectStoreServiceGrpc.AsyncService {

  private final ObjectStore store;
  private final Uploads uploads;
  private final Clock clock = Clock.systemUTC();

  ObjectStoreGrpcService(Uploads uploads) {
    this.store = uploads.store();
    this.uploads = uploads;
  }

  @Override
  public ServerServiceDefinition bindService() {
    return ObjectStoreServiceGrpc.bindService(this);
  }

  @Override
  public StreamObserver<PutObjectRequest> putObject(StreamObserver<PutObjectResponse> response) {
    return UploadCall.start(uploads, Session.current(), response);
  }

  @Override
  public void getObject(GetObjectRequest request, StreamObserver<GetObjectResponse> response) {
    ObjectName name = name(request.getBucket(), request.getKey());
    ByteRange range =
        ByteRange.of(
            request.hasRangeStart() ? request.getRangeStart() : null,
            request.hasRangeEnd() ? request.getRangeEnd() : null);
    DownloadCall.start(() -> store.read(name, range), response);
  }

  @Override
  public void deleteObject(
      DeleteObjectRequest request, StreamObserver<DeleteObjectResponse> response) {
    Answers.send(
        store
            .delete(name(request.getBucket(), request.getKey()))
            .thenApply(deleted -> DeleteObjectResponse.newBuilder().setDeleted(deleted).build()),
        response);
  }

  @Override
  public void headObject(HeadObjectRequest request, StreamObserver<HeadObjectResponse> response) {
    Answers.send(
        store
            .head(name(request.getBucket(), request.getKey()))
            .thenApply(ObjectStoreProtos::response),
        response);
  }

  @Override
  public void listObjects(
      ListObjectsRequest request, StreamObserver<ListObjectsResponse> response) {
    ListQuery asked =
        new ListQuery(
            Session.current().namespace(),
            NameRules.bucket(request.getBucket()),
            NameRules.prefix(request.getPrefix()),
            NameRules.delimiter(request.getDelimiter()),
            ObjectRules.listLimit(request.getMaxResults()),
            "");
    ListQuery query = asked.after(ContinuationTokens.decode(asked, request.getContinuationToken()));
    Answers.send(
        store.list(query).thenApply(page -> ObjectStoreProtos.response(query, page)), response);
  }

  @Override
  public void getPresignedURL(
      PresignedURLRequest request, StreamObserver<PresignedURLResponse> response) {
    Session session = Session.current();
    ObjectName name = name(request.getBucket(), request.getKey());
    UrlMethod method = ObjectStoreProtos.method(request.getMethod());
    if (method != UrlMethod.GET) {
      session.requireAccess("objectstore", Access.ACCESS_WRITE);
    }
    UrlRequest url =
        new UrlRequest(
            name,
            method,
            ObjectRules.urlLifetime(ObjectStoreProtos.expiresIn(request)),
            request.getContentType().isEmpty()
                ? ""
                : ObjectRules.contentType(request.getContentType()),
            method == UrlMethod.PUT ? expiresAt(session, request) : null,
            maxBytes(session));
    Answers.send(store.sign(url).thenApply(ObjectStoreProtos::response), response);
  }

  /** What is PUT at the last moment lives as long as the configuration says. */
  private @Nullable Instant expiresAt(Session session, PresignedURLRequest request) {
    Instant last =
        clock.instant().plus(ObjectRules.urlLifetime(ObjectStoreProtos.expiresIn(request)));
    return ObjectRules.expiresAt(
        null, session.config().getObjectStore().getDefaultTtlSeconds(), last);
  }

  private long maxBytes(Session session) {
    long configured = session.config().getObjectStore().getMaxObjectBytes();
    long deployment = uploads.limits().maxObjectBytes();
    if (configured <= 0 || deployment <= 0) {
      return Math.max(configured, deployment);
    }
    return Math.min(configured, deployment);
  }

  private static ObjectName name(String bucket, String key) {
    return NameRules.object(Session.current().namespace(), bucket, key);
  }
}
