package dev.lintel.proxy.edge;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.nio.charset.StandardCharsets;

/// Tells a client that speaks plain HTTP on the port for HTTPS what it did, and leaves as soon as
/// it has seen one byte of anything else.
final class FirstByte extends ChannelInboundHandlerAdapter {
  private static final byte[] ANSWER = answer();

  private static byte[] answer() {
    String page =
        "<html>\r\n<head><title>400 The plain HTTP request was sent to HTTPS port</title></head>\r\n"
            + "<body>\r\n<center><h1>400 Bad Request</h1></center>\r\n"
            + "<center>The plain HTTP request was sent to HTTPS port</center>\r\n"
            + "</body>\r\n</html>\r\n";
    String head =
        "HTTP/1.1 400 Bad Request\r\nContent-Type: text/html\r\nContent-Length: "
            + page.length()
            + "\r\nConnection: close\r\n\r\n";
    return (head + page).getBytes(StandardCharsets.US_ASCII);
  }

  private boolean answered;

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ByteBuf bytes = (ByteBuf) message;
    if (answered || bytes.isReadable() && isLetter(bytes.getByte(bytes.readerIndex()))) {
      bytes.release();
      if (!answered) {
        answered = true;
        ctx.writeAndFlush(ctx.alloc().directBuffer(ANSWER.length).writeBytes(ANSWER))
            .addListener(ChannelFutureListener.CLOSE);
      }
      return;
    }
    ctx.fireChannelRead(bytes);
    ctx.pipeline().remove(this);
  }

  private static boolean isLetter(byte b) {
    return b >= 'A' && b <= 'Z';
  }
}
