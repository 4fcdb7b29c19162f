package io.prism.reader.grpc;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.MessageLite;
import io.grpc.Drainable;
import io.grpc.KnownLength;
import io.grpc.MethodDescriptor;
import io.prism.reader.v1.GetResponse;
import io.prism.reader.v1.Page;
import io.prism.reader.v1.Row;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A response whose rows are encoded already: on the wire the same as the generated message.
 *
 * @param rows each a {@link Row}
 * @param rest the message without its rows, which are its field 1; null when the row is the message
 */
record EncodedResponse(List<byte[]> rows, @Nullable MessageLite rest) {

  /** Of Get: there is no such row. */
  static final EncodedResponse NOT_FOUND =
      new EncodedResponse(List.of(), GetResponse.getDefaultInstance());

  /** The same number in Page and in GetResponse. */
  private static final int ROWS = Page.ROWS_FIELD_NUMBER;

  static EncodedResponse page(List<byte[]> rows, Page rest) {
    return new EncodedResponse(rows, rest);
  }

  static EncodedResponse row(byte[] row) {
    return new EncodedResponse(List.of(row), null);
  }

  static EncodedResponse found(byte[] row) {
    return new EncodedResponse(List.of(row), GetResponse.newBuilder().setFound(true).build());
  }

  /** The method with responses that are encoded already. */
  static <Q> MethodDescriptor<Q, EncodedResponse> of(MethodDescriptor<Q, ?> method) {
    return method.toBuilder(method.getRequestMarshaller(), new Marshaller()).build();
  }

  private int size() {
    int size = rest == null ? 0 : rest.getSerializedSize();
    for (byte[] row : rows) {
      size += rest == null ? row.length : CodedOutputStream.computeByteArraySize(ROWS, row);
    }
    return size;
  }

  private void writeTo(OutputStream target) throws IOException {
    CodedOutputStream output = CodedOutputStream.newInstance(target);
    for (byte[] row : rows) {
      if (rest == null) {
        output.writeRawBytes(row);
      } else {
        output.writeByteArray(ROWS, row);
      }
    }
    if (rest != null) {
      rest.writeTo(output);
    }
    output.flush();
  }

  private static final class Marshaller implements MethodDescriptor.Marshaller<EncodedResponse> {

    @Override
    public InputStream stream(EncodedResponse response) {
      return new Encoded(response);
    }

    @Override
    public EncodedResponse parse(InputStream stream) {
      throw new UnsupportedOperationException("a server does not read its own responses");
    }
  }

  /** What gRPC writes to the transport, in one go and without a copy. */
  private static final class Encoded extends InputStream implements Drainable, KnownLength {

    private @Nullable EncodedResponse response;
    private InputStream copied = InputStream.nullInputStream();
    private int available;

    Encoded(EncodedResponse response) {
      this.response = response;
      this.available = response.size();
    }

    @Override
    public int drainTo(OutputStream target) throws IOException {
      EncodedResponse whole = response;
      if (whole == null) {
        return (int) copied.transferTo(target);
      }
      response = null;
      int written = available;
      available = 0;
      whole.writeTo(target);
      return written;
    }

    @Override
    public int available() throws IOException {
      return response == null ? copied.available() : available;
    }

    @Override
    public int read() throws IOException {
      return copied().read();
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      return copied().read(target, offset, length);
    }

    private InputStream copied() throws IOException {
      EncodedResponse whole = response;
      if (whole != null) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(available);
        whole.writeTo(bytes);
        copied = new ByteArrayInputStream(bytes.toByteArray());
        response = null;
      }
      return copied;
    }
  }
}
