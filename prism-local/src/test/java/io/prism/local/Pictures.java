package io.prism.local;

import com.google.protobuf.ByteString;
import io.grpc.Channel;
import io.grpc.StatusException;
import io.grpc.stub.BlockingClientCall;
import io.prism.objectstore.v1.DeleteObjectRequest;
import io.prism.objectstore.v1.GetObjectRequest;
import io.prism.objectstore.v1.HeadObjectRequest;
import io.prism.objectstore.v1.HeadObjectResponse;
import io.prism.objectstore.v1.ObjectStoreServiceGrpc;
import io.prism.objectstore.v1.ObjectStoreServiceGrpc.ObjectStoreServiceBlockingStub;
import io.prism.objectstore.v1.PutObjectRequest;
import io.prism.objectstore.v1.PutObjectResponse;
import java.util.concurrent.TimeUnit;

/**
 * Pictures in a bucket of their own.
 *
 * @param channel with a session
 */
record Pictures(Channel channel) {

  private static final String BUCKET = "pictures";

  PutObjectResponse put(String key, String content, String takenBy)
      throws InterruptedException, StatusException {
    BlockingClientCall<PutObjectRequest, PutObjectResponse> upload =
        ObjectStoreServiceGrpc.newBlockingV2Stub(channel)
            .withDeadlineAfter(30, TimeUnit.SECONDS)
            .putObject();
    upload.write(
        PutObjectRequest.newBuilder()
            .setBucket(BUCKET)
            .setKey(key)
            .setContentType("image/png")
            .putMetadata("taken-by", takenBy)
            .setChunk(ByteString.copyFromUtf8(content))
            .build());
    upload.halfClose();
    return upload.read();
  }

  HeadObjectResponse head(String key) {
    return stub().headObject(HeadObjectRequest.newBuilder().setBucket(BUCKET).setKey(key).build());
  }

  String get(String key) {
    return stub()
        .getObject(GetObjectRequest.newBuilder().setBucket(BUCKET).setKey(key).build())
        .next()
        .getChunk()
        .toStringUtf8();
  }

  void delete(String key) {
    stub().deleteObject(DeleteObjectRequest.newBuilder().setBucket(BUCKET).setKey(key).build());
  }

  private ObjectStoreServiceBlockingStub stub() {
    return ObjectStoreServiceGrpc.newBlockingStub(channel).withDeadlineAfter(30, TimeUnit.SECONDS);
  }
}
