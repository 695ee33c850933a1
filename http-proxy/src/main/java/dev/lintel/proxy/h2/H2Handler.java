package dev.lintel.proxy.h2;

import dev.lintel.proxy.loop.Flushable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2ConnectionDecoder;
import io.netty.handler.codec.http2.Http2ConnectionEncoder;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2ConnectionPrefaceAndSettingsFrameWrittenEvent;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2Stream;
import org.jspecify.annotations.Nullable;

/// The last handler of a connection's pipeline, as far as it does not matter which side speaks
/// first.
public abstract class H2Handler extends Http2ConnectionHandler {
  /// Sends what was written.
  protected final Flushable outlet =
      new Flushable() {
        @Override
        protected void flush() {
          flushNow();
        }
      };

  private final int window;
  private @Nullable ChannelHandlerContext context;

  /// Not in a pipeline yet.
  ///
  /// @param window how many bytes the peer may send on all streams before it is given more
  protected H2Handler(
      Http2ConnectionDecoder decoder,
      Http2ConnectionEncoder encoder,
      Http2Settings initial,
      int window) {
    super(decoder, encoder, initial);
    this.window = window;
  }

  /// Has [#outlet] flushed before the loop rests.
  protected abstract void flushSoon();

  /// Its place in the pipeline.
  protected final ChannelHandlerContext ctx() {
    ChannelHandlerContext known = context;
    if (known == null) {
      throw new IllegalStateException("not in a pipeline");
    }
    return known;
  }

  /// Whether it ever was in a pipeline.
  protected final boolean hasSocket() {
    return context != null;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) throws Exception {
    context = ctx;
    super.handlerAdded(ctx);
  }

  /// Behind the preface, the connection's window is opened: no setting can do that.
  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) throws Exception {
    if (event instanceof Http2ConnectionPrefaceAndSettingsFrameWrittenEvent) {
      Http2Stream whole = connection().connectionStream();
      int more = window - connection().local().flowController().windowSize(whole);
      connection().local().flowController().incrementWindowSize(whole, more);
    }
    super.userEventTriggered(ctx, event);
  }

  /// Faults of the protocol are answered by the handler itself; after any other the connection is
  /// of no use.
  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) throws Exception {
    if (Http2CodecUtil.getEmbeddedHttp2Exception(cause) != null) {
      super.exceptionCaught(ctx, cause);
    } else {
      ctx.close();
    }
  }

  /// Gives so many bytes of a stream's window back to the peer.
  public final void consume(Http2Stream stream, int bytes) {
    try {
      if (connection().local().flowController().consumeBytes(stream, bytes)) {
        flushSoon();
      }
    } catch (Http2Exception e) {
      onError(ctx(), true, e);
    }
  }

  private void flushNow() {
    ChannelHandlerContext ctx = context;
    if (ctx != null && !ctx.isRemoved()) {
      // Only this flush asks the flow controller for what waits.
      flush(ctx);
    }
  }
}
