package dev.lintel.proxy.edge.h3;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DatagramPacket;
import io.netty.util.ReferenceCountUtil;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Hands packets over to the loop that has their connection, where the kernel gave them to another
/// one because the client's port has changed: its connection id begins with the number of the
/// socket.
///
/// The library's dispatcher does that too, but not for packets of the handshake, without which a
/// client may send nothing again; and now and then it has the codec answer before it has seen them.
///
/// One for each socket, on its loop, in front of the codec; its [#socket] is in front of the
/// dispatcher.
final class HandedOver extends ChannelInboundHandlerAdapter {
  private static final int LONG_HEADER = 0x80;
  private static final int LENGTH_AT = 5;

  private final List<HandedOver> sockets;
  private final int idLength;
  private volatile @Nullable ChannelHandlerContext context;
  private boolean ends;

  /// @param sockets those of a port, in the order of their numbers; safe for all threads
  HandedOver(List<HandedOver> sockets, int idLength) {
    this.sockets = sockets;
    this.idLength = idLength;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    context = ctx;
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    context = null;
  }

  /// Sees what the socket itself reads.
  ChannelHandler socket() {
    return new Socket();
  }

  private @Nullable HandedOver owner(ByteBuf content) {
    int at = content.readerIndex();
    int bytes = content.readableBytes();
    if (bytes <= LENGTH_AT + idLength) {
      return null;
    }
    boolean isLong = (content.getByte(at) & LONG_HEADER) != 0;
    if (isLong && content.getUnsignedByte(at + LENGTH_AT) != idLength) {
      return null;
    }
    int number = content.getUnsignedShort(at + 1 + (isLong ? LENGTH_AT : 0));
    return number < sockets.size() ? sockets.get(number) : null;
  }

  /// From another loop.
  private void take(Object message) {
    ChannelHandlerContext ctx = context;
    if (ctx == null) {
      ReferenceCountUtil.release(message);
    } else {
      ctx.executor().execute(() -> read(ctx, message));
    }
  }

  private void read(ChannelHandlerContext ctx, Object message) {
    if (ctx.isRemoved()) {
      ReferenceCountUtil.release(message);
      return;
    }
    ctx.fireChannelRead(message);
    if (!ends) {
      ends = true;
      ctx.executor().execute(() -> end(ctx));
    }
  }

  /// Behind all packets that were handed over together: the codec answers now.
  private void end(ChannelHandlerContext ctx) {
    ends = false;
    ctx.fireChannelReadComplete();
  }

  private final class Socket extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      HandedOver owner = owner(((DatagramPacket) message).content());
      if (owner == null || owner == HandedOver.this) {
        ctx.fireChannelRead(message);
      } else {
        owner.take(message);
      }
    }
  }
}
