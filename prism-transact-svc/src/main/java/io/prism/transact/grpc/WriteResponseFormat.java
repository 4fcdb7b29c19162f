package io.prism.transact.grpc;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Value;
import io.prism.transact.domain.ResultFormat;
import io.prism.transact.domain.WriteResult;
import io.prism.transact.v1.WriteResponse;

/** Keeps results as the responses that were sent. */
public final class WriteResponseFormat implements ResultFormat<Value> {

  @Override
  public byte[] write(WriteResult<Value> result) {
    return TransactProtos.response(result, true).toByteArray();
  }

  @Override
  public WriteResult<Value> read(byte[] stored) {
    try {
      return TransactProtos.result(WriteResponse.parseFrom(stored));
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("a stored response cannot be read", e);
    }
  }
}
