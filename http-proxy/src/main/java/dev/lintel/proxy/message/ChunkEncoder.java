package dev.lintel.proxy.message;

import io.netty.buffer.ByteBuf;

/// What stands around the data of a chunked body.
public final class ChunkEncoder {
  /// No chunk head is longer.
  public static final int LONGEST_HEAD = 10;

  private static final byte[] CRLF = Octets.ascii("\r\n");
  private static final byte[] LAST = Octets.ascii("0\r\n\r\n");

  private ChunkEncoder() {}

  /// Writes what stands before `length` (more than 0) bytes of data.
  public static void head(ByteBuf out, int length) {
    int shift = 28 - (Integer.numberOfLeadingZeros(length) & ~3);
    for (; shift >= 0; shift -= 4) {
      out.writeByte(Octets.HEX[length >>> shift & 15]);
    }
    out.writeBytes(CRLF);
  }

  /// Writes what stands behind the data of one chunk.
  public static void tail(ByteBuf out) {
    out.writeBytes(CRLF);
  }

  /// Writes the end of the body.
  public static void last(ByteBuf out) {
    out.writeBytes(LAST);
  }

  /// Writes the end of the body, with fields behind it.
  public static void last(ByteBuf out, Trailers trailers) {
    out.writeByte('0');
    out.writeBytes(CRLF);
    for (int i = 0; i < trailers.count(); i++) {
      out.writeBytes(trailers.name(i)).writeByte(':').writeByte(' ');
      out.writeBytes(trailers.value(i)).writeBytes(CRLF);
    }
    out.writeBytes(CRLF);
  }
}
