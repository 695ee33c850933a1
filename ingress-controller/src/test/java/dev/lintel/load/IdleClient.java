package dev.lintel.load;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;

/// Sends one request over TLS, reads its answer and then does nothing.
final class IdleClient extends SimpleChannelInboundHandler<ByteBuf> {
  private static final int END_STREAM = 1;
  private static final int HEAD = 9;

  /// How many clients are in which state.
  record Counts(Semaphore beginning, AtomicInteger answered, AtomicInteger lost) {
    Counts(int atATime) {
      this(new Semaphore(atATime), new AtomicInteger(), new AtomicInteger());
    }
  }

  private final boolean http2;
  private final Counts counts;
  private ByteArrayOutputStream answer = new ByteArrayOutputStream();

  IdleClient(boolean http2, Counts counts) {
    this.http2 = http2;
    this.counts = counts;
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof SslHandshakeCompletionEvent done && done.isSuccess()) {
      ctx.writeAndFlush(Unpooled.wrappedBuffer(http2 ? requestOfHttp2() : requestOfHttp1()));
    }
  }

  private static byte[] requestOfHttp1() {
    return ("GET / HTTP/1.1\r\nHost: " + Served.HOST + "\r\nUser-Agent: idle\r\n\r\n")
        .getBytes(StandardCharsets.US_ASCII);
  }

  /// The preface, empty SETTINGS, the acknowledgement of the server's, and one GET of four fields.
  private static byte[] requestOfHttp2() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    out.writeBytes(new byte[] {0, 0, 0, 4, 0, 0, 0, 0, 0});
    out.writeBytes(new byte[] {0, 0, 0, 4, 1, 0, 0, 0, 0});
    out.writeBytes(HttpFrames.headers(1, true, "GET", "/", "https"));
    return out.toByteArray();
  }

  @Override
  protected void channelRead0(ChannelHandlerContext ctx, ByteBuf bytes) {
    if (answer == null) {
      return; // SETTINGS or the like
    }
    answer.writeBytes(io.netty.buffer.ByteBufUtil.getBytes(bytes));
    byte[] all = answer.toByteArray();
    if (http2 ? isEndOfStream(all) : new String(all, StandardCharsets.US_ASCII).endsWith("ok")) {
      answer = null;
      counts.answered.incrementAndGet();
      counts.beginning.release();
    }
  }

  private static boolean isEndOfStream(byte[] frames) {
    ByteBuf in = Unpooled.wrappedBuffer(frames);
    while (in.readableBytes() >= HEAD) {
      int length = in.readUnsignedMedium();
      int type = in.readByte();
      int flags = in.readByte();
      int stream = in.readInt();
      if (in.readableBytes() < length) {
        return false;
      }
      if (stream == 1 && type <= 1 && (flags & END_STREAM) != 0) {
        return true;
      }
      in.skipBytes(length);
    }
    return false;
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    counts.lost.incrementAndGet();
    if (answer != null) {
      counts.beginning.release();
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    ctx.close();
  }
}
