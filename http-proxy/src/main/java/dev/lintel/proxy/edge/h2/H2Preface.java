package dev.lintel.proxy.edge.h2;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;

/// What a client sends first that speaks HTTP/2 without being asked (RFC 9113 3.3): by it the plain
/// port tells the protocols apart.
public final class H2Preface {
  private static final byte[] TEXT =
      "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

  private H2Preface() {}

  /// Whether `bytes` may begin with the preface: true for a part of it as well, so that one byte is
  /// enough to know that it is not there.
  public static boolean mayBegin(ByteBuf bytes) {
    int length = Math.min(bytes.readableBytes(), TEXT.length);
    for (int i = 0; i < length; i++) {
      if (bytes.getByte(bytes.readerIndex() + i) != TEXT[i]) {
        return false;
      }
    }
    return true;
  }

  /// Whether `bytes` begins with the whole of it.
  public static boolean begins(ByteBuf bytes) {
    return bytes.readableBytes() >= TEXT.length && mayBegin(bytes);
  }
}
