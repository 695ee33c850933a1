package dev.lintel.load;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.ReferenceCountUtil;
import java.util.Queue;
import java.util.concurrent.TimeUnit;

/// Sends the head of a request, byte by byte, and never comes to its end.
final class SlowHeadClient extends ChannelInboundHandlerAdapter {
  private static final String HEAD = "GET / HTTP/1.1\r\nHost: " + Served.HOST + "\r\nX-Slow: ";
  private static final int EVERY_MILLIS = 2_000;

  private final boolean tls;
  private final Queue<Long> livesMillis;
  private long begin;
  private int sent;

  /// @param livesMillis gets how long the product bore with it
  SlowHeadClient(boolean tls, Queue<Long> livesMillis) {
    this.tls = tls;
    this.livesMillis = livesMillis;
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    if (!tls) {
      begin(ctx);
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof SslHandshakeCompletionEvent done && done.isSuccess()) {
      begin(ctx);
    }
  }

  private void begin(ChannelHandlerContext ctx) {
    begin = System.nanoTime();
    send(ctx);
  }

  private void send(ChannelHandlerContext ctx) {
    if (ctx.channel().isActive()) {
      char next = sent < HEAD.length() ? HEAD.charAt(sent) : 'x';
      sent++;
      ctx.writeAndFlush(Unpooled.copiedBuffer(new byte[] {(byte) next}));
      ctx.executor().schedule(() -> send(ctx), EVERY_MILLIS, TimeUnit.MILLISECONDS);
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ReferenceCountUtil.release(message);
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    if (begin != 0) {
      livesMillis.add((System.nanoTime() - begin) / 1_000_000);
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    ctx.close();
  }
}
