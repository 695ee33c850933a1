package dev.lintel.load;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Frames of HTTP/2 as bytes.
final class HttpFrames {
  static final int DATA = 0;
  static final int HEADERS = 1;
  static final int RST_STREAM = 3;
  static final int SETTINGS = 4;
  static final int PING = 6;
  static final int GOAWAY = 7;
  static final int WINDOW_UPDATE = 8;
  static final int ACK = 1;
  static final int END_STREAM = 1;
  static final int END_HEADERS = 4;

  private HttpFrames() {}

  static byte[] frame(int type, int flags, int stream, byte[] payload) {
    return frame(type, flags, stream, payload, payload.length);
  }

  /// A frame of the first `length` bytes.
  static byte[] frame(int type, int flags, int stream, byte[] payload, int length) {
    return ByteBuffer.allocate(9 + length)
        .putInt(length << 8 | type)
        .put((byte) flags)
        .putInt(stream)
        .put(payload, 0, length)
        .array();
  }

  static byte[] number(int value) {
    return ByteBuffer.allocate(4).putInt(value).array();
  }

  /// The head of a request, and its end where `last`; `more` are names and values.
  static byte[] headers(
      int stream, boolean last, String method, String path, String scheme, String... more) {
    ByteArrayOutputStream block = new ByteArrayOutputStream();
    field(block, ":method", method);
    field(block, ":scheme", scheme);
    field(block, ":path", path);
    field(block, ":authority", Served.HOST);
    for (int i = 0; i < more.length; i += 2) {
      field(block, more[i], more[i + 1]);
    }
    return frame(HEADERS, END_HEADERS | (last ? END_STREAM : 0), stream, block.toByteArray());
  }

  /// Literally, and not for the table (RFC 7541 6.2.2); name and value of less than 127 bytes.
  private static void field(ByteArrayOutputStream block, String name, String value) {
    block.write(0);
    for (String text : Arrays.asList(name, value)) {
      block.write(text.length());
      block.writeBytes(text.getBytes(StandardCharsets.US_ASCII));
    }
  }
}
