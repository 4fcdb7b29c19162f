package io.prism.objectstore.files;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.List;

/** A file that is being written, by one thread at a time. */
final class NewBlob {

  private final BlobFolder folder;
  private final String name;
  private final FileChannel file;
  private long size;
  private boolean placed;

  private NewBlob(BlobFolder folder, String name, FileChannel file) {
    this.folder = folder;
    this.name = name;
    this.file = file;
  }

  static NewBlob create(BlobFolder folder) throws IOException {
    String name = BlobFolder.newName();
    return new NewBlob(folder, name, folder.create(name));
  }

  String name() {
    return name;
  }

  long size() {
    return size;
  }

  void write(List<ByteBuffer> content) throws IOException {
    for (ByteBuffer buffer : content) {
      ByteBuffer left = buffer.duplicate();
      while (left.hasRemaining()) {
        size += file.write(left);
      }
    }
  }

  /** Puts the file in its place, whole and on the disk. */
  void place() throws IOException {
    file.force(true);
    file.close();
    folder.place(name);
    placed = true;
  }

  /** Removes the file, unless it is in its place. */
  void discard() throws IOException {
    if (!placed) {
      file.close();
      folder.discard(name);
    }
  }
}
