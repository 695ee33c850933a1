package dev.lintel.proxy.edge.h2;

import dev.lintel.proxy.edge.ServerState;
import dev.lintel.proxy.exchange.ClientConnection;
import dev.lintel.proxy.failure.ProxyFailure;
import dev.lintel.proxy.h2.H2Handler;
import dev.lintel.proxy.loop.Loop;
import dev.lintel.proxy.message.Malformed;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http2.Http2ConnectionDecoder;
import io.netty.handler.codec.http2.Http2ConnectionEncoder;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Settings;
import org.jspecify.annotations.Nullable;

/// The part of a connection that answers what a client may not do: counts it by reason, resets the
/// stream, or says GOAWAY and ends everything that is under way.
abstract class H2FaultHandler extends H2Handler {
  private final ClientConnection client;
  private final Loop loop;
  private final H2Inflow inflow;
  private final H2HeadDeadline headDeadline;
  private @Nullable H2Farewell farewell;

  H2FaultHandler(
      Http2ConnectionDecoder decoder,
      Http2ConnectionEncoder encoder,
      Http2Settings initial,
      ServerState server,
      ClientConnection client,
      H2Inflow inflow) {
    super(decoder, encoder, initial, H2Limits.CONNECTION_WINDOW);
    this.client = client;
    this.loop = client.loop();
    this.inflow = inflow;
    this.headDeadline =
        new H2HeadDeadline(loop, server.config().settings().headTimeoutMillis(), this::onHeadLate);
  }

  final H2HeadDeadline headDeadline() {
    return headDeadline;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) throws Exception {
    headDeadline.start();
    super.handlerAdded(ctx);
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) throws Exception {
    H2Farewell leaving = farewell;
    if (leaving == null) {
      super.channelRead(ctx, message);
    } else {
      leaving.take(message);
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) throws Exception {
    headDeadline.remove();
    super.channelInactive(ctx);
    // What was left to read may have been a fault as well.
    H2Farewell leaving = farewell;
    if (leaving != null) {
      leaving.remove();
    }
  }

  // ------------------------------------------------------------------ one stream

  /// Every reset passes here, whoever wants it.
  @Override
  public ChannelFuture resetStream(
      ChannelHandlerContext ctx, int stream, long error, ChannelPromise promise) {
    inflow.drop(stream);
    ChannelFuture reset = super.resetStream(ctx, stream, error, promise);
    if (isFault(error) && !inflow.budget().allowsFault()) {
      onError(ctx, true, H2Refused.calm(Malformed.H2_FAULTS));
    }
    return reset;
  }

  /// Whether the client is to blame. One that has not heard yet how many streams there may be is
  /// not.
  private boolean isFault(long code) {
    return switch (Http2Error.valueOf(code)) {
      case NO_ERROR, CANCEL, INTERNAL_ERROR -> false;
      case REFUSED_STREAM -> inflow.isSettingsAcknowledged();
      default -> true;
    };
  }

  @Override
  protected void onStreamError(
      ChannelHandlerContext ctx,
      boolean outbound,
      Throwable cause,
      Http2Exception.StreamException fault) {
    count(ProxyFailure.request(H2Refused.reason(fault)));
    super.onStreamError(ctx, outbound, cause, fault);
  }

  /// Counts what is no finished request.
  final void count(ProxyFailure failure) {
    client.traffic().counts().onFailure(failure);
  }

  // ------------------------------------------------------------------ the connection

  @Override
  protected void onConnectionError(
      ChannelHandlerContext ctx,
      boolean outbound,
      Throwable cause,
      @Nullable Http2Exception fault) {
    if (farewell != null) {
      return;
    }
    if (fault == null) {
      leave(Http2Error.INTERNAL_ERROR);
    } else {
      count(ProxyFailure.request(H2Refused.reason(fault)));
      leave(fault.error());
    }
  }

  private void onHeadLate() {
    if (farewell == null) {
      count(ProxyFailure.HEAD_TIMEOUT);
      leave(Http2Error.NO_ERROR);
    }
  }

  /// Ends the connection with a GOAWAY, and all that is under way on it.
  private void leave(Http2Error error) {
    ChannelHandlerContext ctx = ctx();
    inflow.end();
    H2Farewell leaving = new H2Farewell(ctx, loop);
    farewell = leaving;
    ChannelPromise written = ctx.newPromise();
    frameWriter().writeGoAway(ctx, Integer.MAX_VALUE, error.code(), Unpooled.EMPTY_BUFFER, written);
    leaving.begin();
    // Streams are not ended within what one of them is doing. At the end of the connection Netty
    // says the same with the void promise, and bears with no other before that.
    loop.eventLoop().execute(() -> connection().close(ctx.voidPromise()));
  }

  /// Whether the connection is about to end, and nothing may be said about that any more.
  final boolean isLeaving() {
    return farewell != null;
  }

  /// The client takes nothing at all any more.
  final void giveUp() {
    ctx().close();
  }
}
