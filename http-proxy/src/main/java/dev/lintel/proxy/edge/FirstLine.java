package dev.lintel.proxy.edge;

import io.netty.buffer.ByteBuf;

/// Tells a client of another protocol from one that speaks a broken HTTP: only the second one
/// understands an answer.
final class FirstLine {
  private FirstLine() {}

  /// Whether what came holds no slash in its first line that is not empty, as every start line of
  /// HTTP does.
  static boolean isForeign(ByteBuf bytes) {
    int from = bytes.readerIndex();
    while (from < bytes.writerIndex() && isLineEnd(bytes.getByte(from))) {
      from++;
    }
    int end = bytes.indexOf(from, bytes.writerIndex(), (byte) '\n');
    return bytes.indexOf(from, end < 0 ? bytes.writerIndex() : end, (byte) '/') < 0;
  }

  private static boolean isLineEnd(byte b) {
    return b == '\r' || b == '\n';
  }
}
