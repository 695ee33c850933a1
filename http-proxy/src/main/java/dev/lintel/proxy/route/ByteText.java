package dev.lintel.proxy.route;

import java.nio.charset.StandardCharsets;

/// Bytes as a text of so many characters, for the engines.
class ByteText implements CharSequence {
  private final byte[] bytes;
  private final int offset;
  private final int length;

  ByteText(byte[] bytes, int offset, int length) {
    this.bytes = bytes;
    this.offset = offset;
    this.length = length;
  }

  @Override
  public int length() {
    return length;
  }

  @Override
  public char charAt(int index) {
    return (char) (bytes[offset + index] & 0xff);
  }

  @Override
  public CharSequence subSequence(int start, int end) {
    return new ByteText(bytes, offset + start, end - start);
  }

  @Override
  public String toString() {
    return new String(bytes, offset, length, StandardCharsets.ISO_8859_1);
  }
}
