package dev.lintel.tls;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// The little of DER (X.690) that keys and a certificate of our own need: writing values, and
/// walking over those of a structure.
final class Der {
  static final int BOOLEAN = 0x01;
  static final int INTEGER = 0x02;
  static final int BIT_STRING = 0x03;
  static final int OCTET_STRING = 0x04;
  static final int NULL = 0x05;
  static final int OID = 0x06;
  static final int UTF8_STRING = 0x0c;
  static final int UTC_TIME = 0x17;
  static final int GENERALIZED_TIME = 0x18;
  static final int BMP_STRING = 0x1e;
  static final int SEQUENCE = 0x30;
  static final int SET = 0x31;

  private final byte[] bytes;
  private final int limit;
  private int at;
  private int start;
  private int tag;
  private int valueStart;

  private Der(byte[] bytes, int from, int limit) {
    this.bytes = bytes;
    this.at = from;
    this.limit = limit;
  }

  /// A walk over the values that follow each other in `bytes`.
  static Der over(byte[] bytes) {
    return new Der(bytes, 0, bytes.length);
  }

  /// Steps to the next value; false at the end, and at anything that is not DER.
  boolean next() {
    if (at + 2 > limit) {
      return false;
    }
    start = at;
    tag = bytes[at] & 0xff;
    int length = bytes[at + 1] & 0xff;
    int from = at + 2;
    if (length >= 0x80) {
      int count = length & 0x7f;
      if (count == 0 || count > 3 || from + count > limit) {
        return false;
      }
      length = 0;
      for (int i = 0; i < count; i++) {
        length = length << 8 | bytes[from + i] & 0xff;
      }
      from += count;
    }
    if (length > limit - from) {
      return false;
    }
    valueStart = from;
    at = from + length;
    return true;
  }

  /// The tag of the present value.
  int tag() {
    return tag;
  }

  /// A walk over what the present value contains.
  Der inside() {
    return new Der(bytes, valueStart, at);
  }

  /// The content of the present value.
  byte[] value() {
    return Arrays.copyOfRange(bytes, valueStart, at);
  }

  /// The present value with its tag and length.
  byte[] whole() {
    return Arrays.copyOfRange(bytes, start, at);
  }

  /// One value: tag, length and the parts one after the other.
  static byte[] of(int tag, byte[]... parts) {
    int length = 0;
    for (byte[] part : parts) {
      length += part.length;
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream(length + 5);
    out.write(tag);
    if (length < 0x80) {
      out.write(length);
    } else {
      int count = (32 - Integer.numberOfLeadingZeros(length) + 7) / 8;
      out.write(0x80 | count);
      for (int shift = 8 * (count - 1); shift >= 0; shift -= 8) {
        out.write(length >>> shift);
      }
    }
    for (byte[] part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }

  /// A value whose content is ASCII or UTF-8 text.
  static byte[] text(int tag, String text) {
    return of(tag, text.getBytes(StandardCharsets.UTF_8));
  }

  /// An object identifier of the arcs given.
  static byte[] oid(int first, int second, int... rest) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(first * 40 + second);
    for (int arc : rest) {
      for (int shift = 28; shift > 0; shift -= 7) {
        if (arc >>> shift != 0) {
          out.write(arc >>> shift & 0x7f | 0x80);
        }
      }
      out.write(arc & 0x7f);
    }
    return of(OID, out.toByteArray());
  }
}
