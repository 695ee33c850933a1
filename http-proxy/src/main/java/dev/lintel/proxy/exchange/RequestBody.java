package dev.lintel.proxy.exchange;

import dev.lintel.proxy.message.Trailers;
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
  private @Nullable Trailers trailers;

  /// Forgets the last request.
  void begin(boolean expected) {
    release();
    received = 0;
    complete = !expected;
    trailers = null;
  }

  /// Counts what arrived.
  long count(ByteBuf piece) {
    received += piece.readableBytes();
    return received;
  }

  void complete() {
    complete = true;
  }

  /// What comes behind the body, which is complete with it.
  void trailers(Trailers behind) {
    trailers = behind.count() == 0 ? null : behind;
  }

  @Nullable Trailers trailers() {
    return trailers;
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

  /// What is held, to be sent while it is kept.
  @Nullable ByteBuf duplicate() {
    ByteBuf bytes = held;
    return bytes == null ? null : bytes.retainedDuplicate();
  }

  /// Holds a piece that is sent already; false where that would be too much.
  boolean keep(ByteBuf piece) {
    ByteBuf before = held;
    int length = piece.readableBytes();
    if (length + (before == null ? 0 : before.readableBytes()) > HOLD) {
      return false;
    }
    if (length > 0) {
      add(piece.retainedDuplicate());
    }
    return true;
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
