package dev.lintel.tls;

import io.netty.buffer.ByteBuf;

/// Reads the one thing in a ClientHello that the TLS library does not tell in time.
final class ClientHello {
  private static final int VERSION_AND_RANDOM = 2 + 32;
  private static final int SUPPORTED_VERSIONS = 43;
  private static final int TLS_1_3 = 0x0304;

  private ClientHello() {}

  /// Whether the client can speak TLS 1.3 (RFC 8446, 4.2.1); false for what is no hello. The buffer
  /// begins with the legacy version and its indices are left alone.
  static boolean offersTls13(ByteBuf hello) {
    int end = hello.writerIndex();
    int at = hello.readerIndex() + VERSION_AND_RANDOM;
    at = skip(hello, at, end, 1); // session id
    at = skip(hello, at, end, 2); // cipher suites
    at = skip(hello, at, end, 1); // compression methods
    at += 2; // length of the extensions
    while (at + 4 <= end) {
      int type = hello.getUnsignedShort(at);
      int length = hello.getUnsignedShort(at + 2);
      at += 4;
      if (type == SUPPORTED_VERSIONS) {
        return lists13(hello, at + 1, Math.min(end, at + length));
      }
      at += length;
    }
    return false;
  }

  private static boolean lists13(ByteBuf hello, int from, int end) {
    for (int at = from; at + 2 <= end; at += 2) {
      if (hello.getUnsignedShort(at) == TLS_1_3) {
        return true;
      }
    }
    return false;
  }

  private static int skip(ByteBuf hello, int at, int end, int lengthBytes) {
    if (at + lengthBytes > end) {
      return end;
    }
    int length = lengthBytes == 1 ? hello.getUnsignedByte(at) : hello.getUnsignedShort(at);
    return at + lengthBytes + length;
  }
}
