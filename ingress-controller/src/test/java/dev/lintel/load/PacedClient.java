package dev.lintel.load;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// One connection that asks at a pace of its own, a request at a time; what is answered late is
/// followed by the next at once, so that a short delay costs no rate.
final class PacedClient extends SimpleChannelInboundHandler<ByteBuf> {
  private static final Pattern HEAD =
      Pattern.compile(
          "HTTP/1\\.1 (\\d{3}) [^\r\n]*(?:\r\n[^\r\n]+)*?"
              + "\r\ncontent-length: (\\d+)(?:\r\n[^\r\n]+)*\r\n\r\n",
          Pattern.CASE_INSENSITIVE);

  /// What all clients of a run were answered: how often each status, and 0 for a connection lost.
  static final class Tally {
    private final Map<Integer, AtomicInteger> counts = new ConcurrentHashMap<>();

    void count(int status) {
      counts.computeIfAbsent(status, _ -> new AtomicInteger()).incrementAndGet();
    }

    int of(int status) {
      AtomicInteger count = counts.get(status);
      return count == null ? 0 : count.get();
    }

    int all() {
      return counts.values().stream().mapToInt(AtomicInteger::get).sum();
    }

    @Override
    public String toString() {
      return counts.toString();
    }
  }

  private final byte[] request;
  private final long intervalNanos;
  private final Tally tally;
  private final StringBuilder answer = new StringBuilder();
  private long due;
  private volatile boolean over;

  PacedClient(String host, long intervalNanos, Tally tally) {
    this.request =
        ("GET / HTTP/1.1\r\nHost: " + host + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII);
    this.intervalNanos = intervalNanos;
    this.tally = tally;
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    due = System.nanoTime() + Math.floorMod(ctx.channel().id().hashCode(), intervalNanos);
    next(ctx);
  }

  private void next(ChannelHandlerContext ctx) {
    long wait = due - System.nanoTime();
    due += intervalNanos;
    if (over) {
      ctx.close();
    } else if (wait <= 0) {
      send(ctx);
    } else {
      ctx.executor().schedule(() -> send(ctx), wait, TimeUnit.NANOSECONDS);
    }
  }

  private void send(ChannelHandlerContext ctx) {
    if (over) {
      ctx.close();
    } else {
      ctx.writeAndFlush(Unpooled.wrappedBuffer(request));
    }
  }

  @Override
  protected void channelRead0(ChannelHandlerContext ctx, ByteBuf bytes) {
    answer.append(bytes.toString(StandardCharsets.ISO_8859_1));
    Matcher head = HEAD.matcher(answer);
    if (head.lookingAt() && answer.length() >= head.end() + Integer.parseInt(head.group(2))) {
      tally.count(Integer.parseInt(head.group(1)));
      answer.setLength(0);
      next(ctx);
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    if (!over) {
      tally.count(0);
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    ctx.close();
  }

  /// Asks no more, once its last answer is there.
  void end() {
    over = true;
  }
}
