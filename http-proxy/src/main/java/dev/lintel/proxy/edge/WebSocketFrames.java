package dev.lintel.proxy.edge;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;

/// Follows the frames of a WebSocket (RFC 6455 5.2) that pass towards the client, only to know
/// where one ends: there, and nowhere else, the proxy may put a frame of its own.
public final class WebSocketFrames {
  /// Close, final, two bytes: 1001, going away.
  private static final byte[] GOING_AWAY = {(byte) 0x88, 2, 0x03, (byte) 0xe9};

  private static final int SHORT_LENGTH = 126;
  private static final int LONG_LENGTH = 127;

  /// Before the first frame.
  public WebSocketFrames() {}

  private long payload;
  private int headLeft;
  private int lengthLeft;
  private int maskLeft;
  private long length;

  /// Looks at bytes that pass; they are not consumed.
  public void pass(ByteBuf bytes) {
    int at = bytes.readerIndex();
    int end = bytes.writerIndex();
    while (at < end) {
      if (payload > 0 && headLeft == 0) {
        long run = Math.min(payload, end - at);
        payload -= run;
        at += (int) run;
      } else {
        head(bytes.getByte(at++));
      }
    }
  }

  private void head(byte b) {
    if (headLeft == 0) {
      headLeft = 1; // the second byte of the head comes next
      lengthLeft = 0;
      maskLeft = 0;
      length = 0;
      return;
    }
    if (lengthLeft == 0 && maskLeft == 0) {
      int shortLength = b & 0x7f;
      maskLeft = b < 0 ? 4 : 0;
      lengthLeft = shortLength == SHORT_LENGTH ? 2 : shortLength == LONG_LENGTH ? 8 : 0;
      length = lengthLeft == 0 ? shortLength : 0;
    } else if (lengthLeft > 0) {
      length = length << 8 | b & 0xff;
      lengthLeft--;
    } else {
      maskLeft--;
    }
    if (lengthLeft == 0 && maskLeft == 0) {
      headLeft = 0;
      payload = length;
    }
  }

  /// Whether the last frame is complete.
  public boolean isBetweenFrames() {
    return payload == 0 && headLeft == 0;
  }

  /// A frame that closes because the server goes away.
  public static ByteBuf goingAway(ByteBufAllocator allocator) {
    return allocator.directBuffer(GOING_AWAY.length).writeBytes(GOING_AWAY);
  }
}
