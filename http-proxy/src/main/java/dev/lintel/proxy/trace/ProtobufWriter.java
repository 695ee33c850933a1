package dev.lintel.proxy.trace;

import dev.lintel.proxy.message.Slice;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Bytes of Protocol Buffers in the making: the few kinds of fields that OTLP needs. A message in a
/// message is written with room for its length, which is filled in when it ends.
final class ProtobufWriter {
  private static final int VARINT = 0;
  private static final int FIXED_64 = 1;
  private static final int BYTES = 2;
  private static final int FIXED_32 = 5;

  /// Lengths within a span take two bytes, so it has less than 16 KiB.
  private static final int LENGTH = 2;

  /// Longer texts are cut.
  private static final int LONGEST_TEXT = 1024;

  private byte[] out = new byte[1024];
  private int length;

  void clear() {
    length = 0;
  }

  byte[] toBytes() {
    return Arrays.copyOf(out, length);
  }

  /// A number that is not negative.
  void number(int field, long value) {
    room(20);
    varint(field << 3 | VARINT);
    varint(value);
  }

  void fixed64(int field, long value) {
    room(13);
    varint(field << 3 | FIXED_64);
    for (int i = 0; i < 8; i++) {
      out[length++] = (byte) (value >>> 8 * i);
    }
  }

  void fixed32(int field, int value) {
    room(9);
    varint(field << 3 | FIXED_32);
    for (int i = 0; i < 4; i++) {
      out[length++] = (byte) (value >>> 8 * i);
    }
  }

  /// Bytes in the order of a number: ids.
  void id(int field, long high, long low) {
    room(23);
    varint(field << 3 | BYTES);
    varint(16);
    bigEndian(high);
    bigEndian(low);
  }

  void id(int field, long value) {
    room(14);
    varint(field << 3 | BYTES);
    varint(8);
    bigEndian(value);
  }

  private void bigEndian(long value) {
    for (int i = 7; i >= 0; i--) {
      out[length++] = (byte) (value >>> 8 * i);
    }
  }

  void text(int field, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    int end = Math.min(bytes.length, LONGEST_TEXT);
    while (end < bytes.length && end > 0 && (bytes[end] & 0xc0) == 0x80) {
      end--;
    }
    bytes(field, bytes, 0, end);
  }

  /// Text of a client: what is no ASCII stands as `?`, for the field must be UTF-8.
  void text(int field, Slice text) {
    int count = Math.min(text.length(), LONGEST_TEXT);
    int at = length;
    bytes(field, text.bytes(), text.offset(), count);
    for (int i = Math.max(at, length - count); i < length; i++) {
      if (out[i] < 0) {
        out[i] = '?';
      }
    }
  }

  void bytes(int field, byte[] bytes, int from, int count) {
    room(10 + count);
    varint(field << 3 | BYTES);
    varint(count);
    System.arraycopy(bytes, from, out, length, count);
    length += count;
  }

  /// Begins a message in this one.
  ///
  /// @return what [#end] wants to know
  int begin(int field) {
    room(5 + LENGTH);
    varint(field << 3 | BYTES);
    length += LENGTH;
    return length;
  }

  /// Ends it. Its length is written in two bytes, whatever it is: readers take that.
  void end(int begin) {
    int size = length - begin;
    out[begin - 2] = (byte) (size & 0x7f | 0x80);
    out[begin - 1] = (byte) (size >>> 7);
  }

  int length() {
    return length;
  }

  private void varint(long value) {
    long rest = value;
    while ((rest & ~0x7fL) != 0) {
      out[length++] = (byte) (rest & 0x7f | 0x80);
      rest >>>= 7;
    }
    out[length++] = (byte) rest;
  }

  /// How many bytes a number takes.
  static int size(int value) {
    int size = 1;
    for (int rest = value >>> 7; rest != 0; rest >>>= 7) {
      size++;
    }
    return size;
  }

  private void room(int count) {
    if (out.length - length < count) {
      out = Arrays.copyOf(out, Math.max(2 * out.length, length + count));
    }
  }
}
