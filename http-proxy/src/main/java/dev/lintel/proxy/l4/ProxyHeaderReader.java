package dev.lintel.proxy.l4;

import dev.lintel.proxy.exchange.ClientAddress;
import dev.lintel.proxy.exchange.LoopTraffic;
import dev.lintel.proxy.failure.ProxyFailure;
import dev.lintel.proxy.loop.Loop;
import dev.lintel.proxy.loop.Timer;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The first handler of a connection that must begin with a PROXY header: reads it, in however many
/// pieces it comes, has the rest of the pipeline built, hands the bytes behind it on and leaves.
///
/// A connection of a peer whose word is not taken is closed before a byte of it is read; one
/// without a header, with another header than the specification knows, or with one that takes too
/// long, at that moment.
public final class ProxyHeaderReader extends ChannelInboundHandlerAdapter {
  private static final Logger LOG = LoggerFactory.getLogger(ProxyHeaderReader.class);

  /// What follows the header.
  @FunctionalInterface
  public interface Next {
    /// Adds the handlers of the connection to the end of its pipeline, or closes it.
    void begin(Channel channel, ProxyHeader header);
  }

  private final LoopTraffic traffic;
  private final Next next;
  private final ProxyHeaderParser parser = new ProxyHeaderParser();
  private final Timer deadline =
      new Timer() {
        @Override
        protected void onTimeout() {
          refuse("took too long");
        }

        @Override
        protected boolean isIdle() {
          return true;
        }
      };
  private @Nullable ChannelHandlerContext context;
  private @Nullable ByteBuf pending;
  private boolean refused;

  private ProxyHeaderReader(LoopTraffic traffic, Next next) {
    this.traffic = traffic;
    this.next = next;
  }

  /// Wants a header of an accepted connection, or closes it where its peer is not trusted.
  ///
  /// @param traffic of the connection's loop
  /// @param peer the other end of the socket
  public static void read(
      Channel channel, LoopTraffic traffic, InetAddress peer, ProxyHeaderRules rules, Next next) {
    ClientAddress address = ClientAddress.of(peer);
    if (!rules.peers().includes(address.high(), address.low())) {
      LOG.debug("a connection of {} is closed: no proxy that is trusted", peer);
      traffic.counts().onFailure(ProxyFailure.PROXY_HEADER);
      channel.close();
      return;
    }
    ProxyHeaderReader reader = new ProxyHeaderReader(traffic, next);
    channel.pipeline().addLast(reader);
    Loop loop = traffic.loop();
    loop.timers().arm(reader.deadline, System.nanoTime(), rules.timeoutMillis());
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    context = ctx;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ByteBuf bytes = join(ctx, (ByteBuf) message);
    if (refused) {
      bytes.release();
      return;
    }
    int length = parser.parse(bytes);
    if (length == ProxyHeaderParser.INCOMPLETE) {
      pending = bytes;
    } else if (length == ProxyHeaderParser.MALFORMED) {
      bytes.release();
      refuse("is none");
    } else {
      traffic.loop().timers().remove(deadline);
      bytes.skipBytes(length);
      next.begin(ctx.channel(), parser.header());
      if (bytes.isReadable() && ctx.channel().isActive()) {
        ctx.fireChannelRead(bytes);
      } else {
        bytes.release();
      }
      ctx.pipeline().remove(this);
    }
  }

  private ByteBuf join(ChannelHandlerContext ctx, ByteBuf arrived) {
    ByteBuf before = pending;
    if (before == null) {
      return arrived;
    }
    pending = null;
    ByteBuf all = ctx.alloc().buffer(before.readableBytes() + arrived.readableBytes());
    all.writeBytes(before).writeBytes(arrived);
    before.release();
    arrived.release();
    return all;
  }

  private void refuse(String why) {
    ChannelHandlerContext ctx = context;
    if (!refused && ctx != null) {
      refused = true;
      LOG.debug("the PROXY header of {} {}", ctx.channel().remoteAddress(), why);
      traffic.counts().onFailure(ProxyFailure.PROXY_HEADER);
      ctx.close();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    end();
    ctx.fireChannelInactive();
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    end();
  }

  private void end() {
    traffic.loop().timers().remove(deadline);
    ByteBuf left = pending;
    pending = null;
    if (left != null) {
      left.release();
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    ctx.close();
  }
}
