package dev.lintel.proxy.body;

import io.netty.buffer.ByteBuf;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/// Compresses by a library of the system that is handed input and room for output until it is done
/// with both.
abstract class NativeEncoder extends Encoder {
  // Brotli and Zstandard have the same numbers for them.
  static final int MORE = 0;
  private static final int FLUSH = 1;
  private static final int END = 2;

  NativeEncoder(Coding coding, int level) {
    super(coding, level);
  }

  @Override
  final void take(ByteBuffer bytes, ByteBuf out) {
    if (bytes.isDirect()) {
      pack(bytes, out);
      return;
    }
    ByteBuf copy = out.alloc().directBuffer(bytes.remaining());
    try {
      copy.writeBytes(bytes);
      pack(copy.nioBuffer(), out);
    } finally {
      copy.release();
    }
  }

  @Override
  final void sync(ByteBuf out) {
    input(0, 0);
    drain(FLUSH, out);
  }

  @Override
  final void end(ByteBuf out) {
    input(0, 0);
    drain(END, out);
  }

  private void pack(ByteBuffer bytes, ByteBuf out) {
    input(address(bytes), bytes.remaining());
    drain(MORE, out);
  }

  private void drain(int operation, ByteBuf out) {
    do {
      out.ensureWritable(STEP);
      int size = out.writableBytes();
      int count = step(operation, address(out.nioBuffer(out.writerIndex(), size)), size);
      out.writerIndex(out.writerIndex() + count);
    } while (isMore(operation));
  }

  private static long address(ByteBuffer direct) {
    return MemorySegment.ofBuffer(direct).address();
  }

  /// Where the next input lies. Nothing of the last is left.
  abstract void input(long address, long length);

  /// Lets the library go on with its input into some room.
  ///
  /// @return bytes that it wrote there
  /// @throws IllegalStateException if it says that it cannot go on: it has no memory
  abstract int step(int operation, long room, long size);

  /// Whether the operation is not done after the last step.
  abstract boolean isMore(int operation);
}
