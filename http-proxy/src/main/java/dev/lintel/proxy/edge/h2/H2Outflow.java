package dev.lintel.proxy.edge.h2;

import dev.lintel.proxy.message.Malformed;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http2.DecoratingHttp2ConnectionEncoder;
import io.netty.handler.codec.http2.Http2ConnectionEncoder;
import io.netty.handler.codec.http2.Http2LifecycleManager;
import org.jspecify.annotations.Nullable;

/// Writes frames, but not without end to a client that does not read: what a client makes us answer
/// is counted until it is gone.
final class H2Outflow extends DecoratingHttp2ConnectionEncoder {
  private final ChannelFutureListener gone = _ -> leave();
  private @Nullable Http2LifecycleManager manager;
  private int queued;
  private boolean full;

  H2Outflow(Http2ConnectionEncoder encoder) {
    super(encoder);
  }

  @Override
  public void lifecycleManager(Http2LifecycleManager lifecycleManager) {
    manager = lifecycleManager;
    super.lifecycleManager(lifecycleManager);
  }

  @Override
  public ChannelFuture writeSettingsAck(ChannelHandlerContext ctx, ChannelPromise promise) {
    return enter(ctx) ? super.writeSettingsAck(ctx, counted(promise)) : promise;
  }

  @Override
  public ChannelFuture writePing(
      ChannelHandlerContext ctx, boolean ack, long data, ChannelPromise promise) {
    return enter(ctx) ? super.writePing(ctx, ack, data, counted(promise)) : promise;
  }

  @Override
  public ChannelFuture writeRstStream(
      ChannelHandlerContext ctx, int id, long error, ChannelPromise promise) {
    return enter(ctx) ? super.writeRstStream(ctx, id, error, counted(promise)) : promise;
  }

  private ChannelPromise counted(ChannelPromise promise) {
    return promise.unvoid().addListener(gone);
  }

  private void leave() {
    queued--;
  }

  private boolean enter(ChannelHandlerContext ctx) {
    if (queued >= H2Limits.QUEUED_FRAMES) {
      // What one read of the socket brought is answered together: they may be gone at once.
      ctx.flush();
    }
    Http2LifecycleManager told = manager;
    if (queued >= H2Limits.QUEUED_FRAMES && told != null) {
      if (!full) {
        full = true;
        told.onError(ctx, true, H2Refused.calm(Malformed.H2_CONTROL_FRAMES));
      }
      return false;
    }
    queued++;
    return true;
  }
}
