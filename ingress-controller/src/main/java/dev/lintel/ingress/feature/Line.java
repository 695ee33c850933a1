package dev.lintel.ingress.feature;

import dev.lintel.proxy.message.Slice;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Bytes that are put together for one request.
public final class Line {
  private static final byte[] HEX = "0123456789ABCDEF".getBytes(StandardCharsets.US_ASCII);

  private byte[] bytes = new byte[256];
  private int length;

  /// No bytes yet.
  public Line() {}

  /// Forgets them.
  public void clear() {
    length = 0;
  }

  /// How many there are.
  public int length() {
    return length;
  }

  /// A copy of them.
  public byte[] toBytes() {
    return Arrays.copyOf(bytes, length);
  }

  /// A view that holds until more is added.
  public Slice slice() {
    return new Slice().set(bytes, 0, length);
  }

  /// Adds these bytes.
  public Line add(byte[] text) {
    return add(text, 0, text.length);
  }

  /// Adds these bytes.
  public Line add(byte[] from, int offset, int count) {
    room(count);
    System.arraycopy(from, offset, bytes, length, count);
    length += count;
    return this;
  }

  /// Adds these bytes in a form that can stand where it says.
  public Line add(byte[] from, int offset, int count, Form form) {
    room(3 * count);
    for (int i = offset; i < offset + count; i++) {
      int b = from[i] & 0xff;
      if (form.keeps(b)) {
        bytes[length++] = (byte) b;
      } else {
        bytes[length++] = '%';
        bytes[length++] = HEX[b >> 4];
        bytes[length++] = HEX[b & 15];
      }
    }
    return this;
  }

  private void room(int count) {
    if (bytes.length - length < count) {
      bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, length + count));
    }
  }
}
