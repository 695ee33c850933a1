package dev.lintel.proxy.edge.h2;

import dev.lintel.proxy.loop.Loop;
import dev.lintel.proxy.loop.Timer;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;

/// Closes a connection behind its last GOAWAY. A client that still sends would lose that to a
/// reset, so what it sends is taken for a while.
final class H2Farewell extends Timer {
  private static final long MILLIS = 1_000;
  private static final int MOST_TAKEN = 1 << 20;

  private static final ChannelFutureListener CLOSE_OUTPUT =
      future -> {
        SslHandler ssl = future.channel().pipeline().get(SslHandler.class);
        if (ssl != null) {
          ssl.closeOutbound();
        } else if (future.channel() instanceof DuplexChannel channel) {
          channel.shutdownOutput();
        }
      };

  private final ChannelHandlerContext context;
  private final Loop loop;
  private int taken;

  H2Farewell(ChannelHandlerContext context, Loop loop) {
    this.context = context;
    this.loop = loop;
  }

  /// What is written already is the last.
  void begin() {
    loop.timers().arm(this, loop.nanos(), MILLIS);
    context.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(CLOSE_OUTPUT);
  }

  /// Takes what came too late.
  void take(Object message) {
    if (message instanceof ByteBuf bytes) {
      taken += bytes.readableBytes();
    }
    ReferenceCountUtil.release(message);
    if (taken > MOST_TAKEN) {
      context.close();
    }
  }

  void remove() {
    loop.timers().remove(this);
  }

  @Override
  protected void onTimeout() {
    context.close();
  }
}
