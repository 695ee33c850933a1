package dev.lintel.proxy.upstream.fcgi;

import io.netty.buffer.ByteBuf;

/// The numbers of FastCGI 1.0 (section 8), and the records that are written.
final class Fcgi {
  static final int VERSION = 1;
  static final int BEGIN_REQUEST = 1;
  static final int END_REQUEST = 3;
  static final int PARAMS = 4;
  static final int STDIN = 5;
  static final int STDOUT = 6;
  static final int STDERR = 7;

  /// The only one on a connection at a time.
  static final int REQUEST = 1;

  /// Values of the protocol status.
  static final int COMPLETE = 0;

  static final int OVERLOADED = 2;

  static final int HEADER = 8;

  /// Content of a record; the largest is 65,535, this keeps the next one aligned.
  static final int MOST_CONTENT = 65_528;

  private static final int RESPONDER = 1;
  private static final int KEEP = 1;

  private Fcgi() {}

  /// A record's header; there is no padding.
  static void header(ByteBuf to, int type, int length) {
    to.writeByte(VERSION).writeByte(type).writeShort(REQUEST).writeShort(length).writeShort(0);
  }

  static void begin(ByteBuf to, boolean keeps) {
    header(to, BEGIN_REQUEST, 8);
    to.writeShort(RESPONDER).writeByte(keeps ? KEEP : 0).writeZero(5);
  }

  /// Writes all of `content` as records of one type, and an empty one behind them.
  static void stream(ByteBuf to, int type, ByteBuf content) {
    while (content.isReadable()) {
      int length = Math.min(MOST_CONTENT, content.readableBytes());
      header(to, type, length);
      to.writeBytes(content, length);
    }
    header(to, type, 0);
  }
}
