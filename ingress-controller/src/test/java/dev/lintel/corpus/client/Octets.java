package dev.lintel.corpus.client;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;

/// Numbers and vectors as TLS writes them (RFC 8446, 3).
final class Octets {
  private Octets() {}

  static byte[] of(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }

  static byte[] number(int bytes, int value) {
    byte[] number = new byte[bytes];
    for (int i = 0; i < bytes; i++) {
      number[i] = (byte) (value >>> 8 * (bytes - 1 - i));
    }
    return number;
  }

  /// Content with its length before it.
  ///
  /// @param bytes of the length
  static byte[] vector(int bytes, byte[]... content) {
    byte[] all = of(content);
    return of(number(bytes, all.length), all);
  }

  static byte[] extension(int type, byte[]... content) {
    return of(number(2, type), vector(2, content));
  }

  static byte[] message(int type, byte[]... content) {
    return of(number(1, type), vector(3, content));
  }

  /// Reads a number.
  static int number(ByteBuffer in, int bytes) {
    int value = 0;
    for (int i = 0; i < bytes; i++) {
      value = value << 8 | in.get() & 0xff;
    }
    return value;
  }

  /// Reads a vector.
  ///
  /// @param bytes of the length
  static byte[] vector(ByteBuffer in, int bytes) {
    byte[] content = new byte[number(in, bytes)];
    in.get(content);
    return content;
  }
}
