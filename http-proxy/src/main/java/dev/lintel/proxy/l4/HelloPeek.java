package dev.lintel.proxy.l4;

import dev.lintel.proxy.exchange.LoopTraffic;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.ssl.AbstractSniHandler;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.ImmediateEventExecutor;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Looks at the ClientHello of a connection, in however many reads and records it comes, without
/// taking a byte of it, and has the rest of the pipeline built for its server name. In no pipeline
/// while nothing is passed on unopened.
///
/// What cannot be read as a hello has no server name: whoever opens the connection refuses it. The
/// hello may have 64 KiB and take ten seconds.
public final class HelloPeek extends AbstractSniHandler<Boolean> {
  private static final int LONGEST_HELLO = 64 * 1024;
  private static final long HELLO_MILLIS = 10_000;

  /// What follows.
  @FunctionalInterface
  public interface Next {
    /// Adds the handlers of the connection to the end of its pipeline; the bytes read so far follow
    /// as if they were just read.
    ///
    /// @param l4 what holds for this connection
    /// @param passthrough what becomes of it; null where it is opened here
    void begin(Channel channel, L4Config l4, @Nullable Passthrough passthrough);
  }

  private final Supplier<L4Config> config;
  private final Next next;
  private final Last last;

  private HelloPeek(Supplier<L4Config> config, Next next, Last last) {
    super(LONGEST_HELLO, HELLO_MILLIS);
    this.config = config;
    this.next = next;
    this.last = last;
  }

  /// Adds it to the end of a pipeline.
  ///
  /// @param traffic of the connection's loop
  /// @param config asked once, when the hello is complete
  public static void add(
      ChannelPipeline pipeline, LoopTraffic traffic, Supplier<L4Config> config, Next next) {
    Last last = new Last(traffic);
    pipeline.addLast(new HelloPeek(config, next, last), last);
  }

  @Override
  protected Future<Boolean> lookup(ChannelHandlerContext ctx, @Nullable String hostname) {
    return ImmediateEventExecutor.INSTANCE.newSucceededFuture(true);
  }

  @Override
  protected void onLookupComplete(
      ChannelHandlerContext ctx, @Nullable String hostname, Future<Boolean> future) {
    L4Config now = config.get();
    PassthroughIndex index = now.passthrough();
    ctx.pipeline().remove(last);
    next.begin(ctx.channel(), now, index == null ? null : index.match(hostname));
    ctx.pipeline().remove(this);
  }

  /// Closes a connection whose hello failed.
  private static final class Last extends ChannelInboundHandlerAdapter {
    private final LoopTraffic traffic;

    Last(LoopTraffic traffic) {
      this.traffic = traffic;
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      traffic.counts().onHandshakeFailed();
      ctx.close();
    }
  }
}
