package dev.lintel.proxy.exchange;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/// The part of a request's body that is held back: all of a short one, so that it can be sent
/// again, or the begin of a long one until the upstream is there.
final class RequestBody {
  /// No more than about this is held.
  static final int HOLD = 16 * 1024;

  private @Nullable ByteBuf held;
  private long received;
  private boolean complete;

  /// Forgets the last request.
  void begin(boolean expected) {
    release();
    received = 0;
    complete = !expected;
  }

  /// Counts what arrived.
  long count(ByteBuf piece) {
    received += piece.readableBytes();
    return received;
  }

  void complete() {
    complete = true;
  }

  /// Holds a piece.
  void add(ByteBuf piece) {
    ByteBuf before = held;
    if (before == null) {
      held = piece;
      return;
    }
    int length = piece.readableBytes();
    if (before.maxWritableBytes() < length || before.refCnt() > 1) {
      ByteBuf larger =
          before.alloc().directBuffer(Math.max(2 * HOLD, before.readableBytes() + length));
      larger.writeBytes(before, before.readerIndex(), before.readableBytes());
      before.release();
      before = larger;
      held = larger;
    }
    before.writeBytes(piece, piece.readerIndex(), length);
    piece.release();
  }

  @Nullable ByteBuf held() {
    return held;
  }

  /// Bytes that arrived, held or not.
  long received() {
    return received;
  }

  boolean isComplete() {
    return complete;
  }

  boolean isFull() {
    ByteBuf bytes = held;
    return bytes != null && bytes.readableBytes() >= HOLD;
  }

  /// Gives away what is held.
  @Nullable ByteBuf take() {
    ByteBuf bytes = held;
    held = null;
    return bytes;
  }

  void release() {
    ByteBuf bytes = held;
    if (bytes != null) {
      held = null;
      bytes.release();
    }
  }
}
