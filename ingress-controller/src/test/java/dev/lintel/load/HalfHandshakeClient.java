package dev.lintel.load;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ReferenceCountUtil;
import java.util.concurrent.atomic.AtomicInteger;

/// Says hello, and nothing to the answer.
final class HalfHandshakeClient extends ChannelInboundHandlerAdapter {
  private final byte[] hello;
  private final AtomicInteger ended;

  /// @param ended counts those that the product did not bear with
  HalfHandshakeClient(byte[] hello, AtomicInteger ended) {
    this.hello = hello;
    this.ended = ended;
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    ctx.writeAndFlush(Unpooled.wrappedBuffer(hello));
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ReferenceCountUtil.release(message);
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    ended.incrementAndGet();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    ctx.close();
  }
}
