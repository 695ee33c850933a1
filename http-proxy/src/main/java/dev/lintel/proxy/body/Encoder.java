package dev.lintel.proxy.body;

import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;

/// Compresses one body after another with one coding, a piece at a time. Holds memory outside of
/// the heap until [#close], about [Coding#bytes]. Belongs to one loop.
///
/// A piece costs its loop what the library takes for it: of 64 KiB, the most that one read brings,
/// a fraction of a millisecond at low levels and some five at high ones.
public abstract class Encoder {
  /// Room that a library is given at least.
  static final int STEP = 4 * 1024;

  private final Coding coding;
  private final int level;
  private boolean pending;

  Encoder(Coding coding, int level) {
    this.coding = coding;
    this.level = level;
  }

  final Coding coding() {
    return coding;
  }

  final int level() {
    return level;
  }

  /// Begins a body, whatever became of the last one.
  ///
  /// @return false where there is no memory for it
  final boolean begin() {
    pending = false;
    return restart();
  }

  /// Takes a piece, which stays the caller's, and appends what comes out; that may be nothing yet.
  ///
  /// @param out in direct memory
  public final void write(ByteBuf piece, ByteBuf out) {
    if (!piece.isReadable()) {
      return;
    }
    pending = true;
    if (piece.nioBufferCount() == 1) {
      take(piece.nioBuffer(), out);
    } else {
      for (ByteBuffer part : piece.nioBuffers()) {
        take(part, out);
      }
    }
  }

  /// Whether something was taken that no [#flush] brought out yet.
  public final boolean isPending() {
    return pending;
  }

  /// Appends all that was taken so far in a form that can be unpacked as it stands.
  public final void flush(ByteBuf out) {
    if (pending) {
      pending = false;
      sync(out);
    }
  }

  /// Appends the end.
  public final void finish(ByteBuf out) {
    pending = false;
    end(out);
  }

  /// Forgets the last body.
  abstract boolean restart();

  abstract void take(ByteBuffer bytes, ByteBuf out);

  abstract void sync(ByteBuf out);

  abstract void end(ByteBuf out);

  /// Whether it is of use for another body.
  abstract boolean isReusable();

  /// Lets go of its memory, amid a body too.
  abstract void close();
}
