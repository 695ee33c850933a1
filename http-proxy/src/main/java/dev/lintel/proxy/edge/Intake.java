package dev.lintel.proxy.edge;

import dev.lintel.proxy.loop.SocketOptions;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import org.jspecify.annotations.Nullable;

/// What was read of a connection and not used yet, and whether more is read.
final class Intake {
  private final ChannelHandlerContext context;
  private @Nullable ByteBuf pending;
  private boolean paused;
  private boolean reading = true;
  private int pauses;

  Intake(ChannelHandlerContext context) {
    this.context = context;
  }

  /// Puts `arrived` behind what is kept, and hands all of it over.
  ByteBuf join(ByteBuf arrived) {
    ByteBuf before = pending;
    if (before == null) {
      return arrived;
    }
    pending = null;
    before.writeBytes(arrived);
    arrived.release();
    return before;
  }

  /// Keeps bytes until their turn comes.
  void keep(ByteBuf bytes) {
    pending = bytes;
  }

  boolean isEmpty() {
    return pending == null;
  }

  /// Hands over what is kept.
  @Nullable ByteBuf take() {
    ByteBuf bytes = pending;
    pending = null;
    return bytes;
  }

  void drop() {
    ByteBuf bytes = take();
    if (bytes != null) {
      bytes.release();
    }
  }

  boolean isPaused() {
    return paused;
  }

  void pause(boolean wanted) {
    if (wanted && !paused && ++pauses == SocketOptions.PATIENCE) {
      SocketOptions.keepsUp(context.channel().config(), false);
    }
    paused = wanted;
  }

  /// A request has ended; what the next one goes to may keep up.
  void renew() {
    if (pauses >= SocketOptions.PATIENCE) {
      SocketOptions.keepsUp(context.channel().config(), true);
    }
    pauses = 0;
  }

  /// Reads where there is a use for what comes: not while the exchange has enough, nor while bytes
  /// wait whose turn has not come.
  ///
  /// @param due whether it is the turn of what waits
  void regulate(boolean due) {
    boolean wanted = !paused && (pending == null || due);
    if (wanted != reading) {
      reading = wanted;
      context.channel().config().setAutoRead(wanted);
    }
  }
}
