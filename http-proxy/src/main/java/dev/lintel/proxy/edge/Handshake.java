package dev.lintel.proxy.edge;

import dev.lintel.tls.HandshakeTurn;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerAdapter;
import io.netty.channel.ChannelHandlerContext;
import org.jspecify.annotations.Nullable;

/// One TLS handshake with a client: in one of the lines of [Handshakes], or in none any more. In
/// the pipeline of its connection for as long as it is under way, so that it ends with it.
final class Handshake extends ChannelHandlerAdapter implements HandshakeTurn {
  private final Handshakes all;
  private final Channel channel;
  private final long beganNanos;
  private @Nullable Runnable begin;
  private @Nullable Runnable giveUp;
  @Nullable HandshakeLine line;

  /// Since when it has waited for its client.
  long since;

  @Nullable Handshake older;
  @Nullable Handshake newer;

  Handshake(Handshakes all, Channel channel, long beganNanos) {
    this.all = all;
    this.channel = channel;
    this.beganNanos = beganNanos;
  }

  /// When the connection was there, by [System#nanoTime].
  long beganNanos() {
    return beganNanos;
  }

  @Override
  public void await(Runnable toBegin, Runnable toGiveUp) {
    begin = toBegin;
    giveUp = toGiveUp;
    if (line == null) {
      abandon(); // it has ended already
    } else {
      all.await(this);
    }
  }

  /// It is its turn.
  void begin() {
    Runnable task = begin;
    begin = null;
    giveUp = null;
    if (task != null) {
      task.run();
    }
  }

  /// Its connection closes.
  void abandon() {
    channel.close();
    drop();
  }

  private void drop() {
    Runnable task = giveUp;
    begin = null;
    giveUp = null;
    if (task != null) {
      task.run();
    }
  }

  /// It has come to its end.
  void end() {
    channel.pipeline().remove(this);
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    Handshakes.leave(this);
    drop();
  }
}
