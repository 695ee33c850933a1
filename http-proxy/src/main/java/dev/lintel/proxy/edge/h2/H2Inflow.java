package dev.lintel.proxy.edge.h2;

import dev.lintel.proxy.h2.H2FrameAdapter;
import dev.lintel.proxy.message.Malformed;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Flags;
import io.netty.handler.codec.http2.Http2FrameListener;
import io.netty.handler.codec.http2.Http2FrameTypes;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2LocalFlowController;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2Stream;
import org.jspecify.annotations.Nullable;

/// The first to see each frame of a client, before the states of streams are looked at: counts what
/// may only come so often, and sorts out what comes for streams that are gone.
final class H2Inflow extends H2FrameAdapter {
  private final Http2Connection connection;
  private final H2Budget budget;
  private final H2StreamIds ids = new H2StreamIds();
  private @Nullable Http2FrameListener next;

  /// What was wrong with the last list of fields that had been unpacked.
  private Http2Exception.@Nullable StreamException unpacked;

  private boolean settingsAcknowledged;
  private boolean over;

  H2Inflow(Http2Connection connection, H2Budget budget) {
    this.connection = connection;
    this.budget = budget;
  }

  /// Who is told of what passes.
  void next(Http2FrameListener listener) {
    next = listener;
  }

  H2Budget budget() {
    return budget;
  }

  /// Nothing more is read: the connection ends because of what the client did.
  void end() {
    over = true;
  }

  /// We reset a stream: what is under way for it is let pass.
  void drop(int stream) {
    if (ids.isNew(stream) && connection.streamMayHaveExisted(stream)) {
      ids.open(stream);
    }
    ids.drop(stream);
  }

  /// Whether the client knows how many streams it may open.
  boolean isSettingsAcknowledged() {
    return settingsAcknowledged;
  }

  /// What becomes of a frame that may not come. A list of fields that was refused before anybody
  /// saw it was not unpacked, and those behind it cannot be (RFC 9113 4.3); a stream that is not
  /// there cannot be reset (5.1). Both end the connection.
  ///
  /// @param type of the frame
  Http2Exception judge(Http2Exception.StreamException fault, byte type) {
    boolean fatal =
        switch (type) {
          case Http2FrameTypes.PRIORITY -> false;
          case Http2FrameTypes.HEADERS, Http2FrameTypes.CONTINUATION ->
              !fault.equals(unpacked) && !(fault instanceof Http2Exception.HeaderListSizeException);
          default -> ids.isIdle(fault.streamId());
        };
    return fatal ? new H2Refused(Malformed.H2_FRAME, fault.error()) : fault;
  }

  private Http2FrameListener next() throws H2Refused {
    Http2FrameListener listener = next;
    if (over || listener == null) {
      throw new H2Refused(Malformed.H2_FRAME, Http2Error.PROTOCOL_ERROR);
    }
    return listener;
  }

  @Override
  public int onDataRead(ChannelHandlerContext ctx, int id, ByteBuf data, int padding, boolean last)
      throws Http2Exception {
    Http2FrameListener listener = next();
    budget.onData(!last && !data.isReadable());
    if (ids.isEnded(id)) {
      throw closed();
    }
    Http2Stream stream = connection.stream(id);
    int bytes = data.readableBytes() + padding;
    Http2LocalFlowController flow = connection.local().flowController();
    checkWindow(flow, connection.connectionStream(), bytes);
    if (ids.isDropped(id)) {
      flow.receiveFlowControlledFrame(stream, data, padding, last);
      flow.consumeBytes(stream, bytes);
      return bytes;
    }
    if (stream != null) {
      checkWindow(flow, stream, bytes);
      if (last) {
        ids.end(id);
      }
    }
    return listener.onDataRead(ctx, id, data, padding, last);
  }

  @Override
  public void onHeadersRead(
      ChannelHandlerContext ctx, int id, Http2Headers headers, int padding, boolean last)
      throws Http2Exception {
    Http2FrameListener listener = next();
    budget.onUseful();
    if (ids.isNew(id)) {
      ids.open(id);
    } else if (ids.isEnded(id)) {
      throw closed();
    } else if (ids.isDropped(id)) {
      return;
    } else if (ids.isRemembered(id) && !ids.wasOpened(id)) {
      throw new H2Refused(Malformed.H2_FRAME, Http2Error.PROTOCOL_ERROR);
    }
    if (last) {
      ids.end(id);
    }
    try {
      listener.onHeadersRead(ctx, id, headers, padding, last);
    } catch (Http2Exception.StreamException e) {
      unpacked = e;
      throw e;
    }
  }

  /// Whoever oversteps a window has lost count: nothing that follows can be trusted.
  private static void checkWindow(Http2LocalFlowController flow, Http2Stream stream, int bytes)
      throws H2Refused {
    if (flow.windowSize(stream) < bytes) {
      throw new H2Refused(Malformed.H2_FLOW_CONTROL, Http2Error.FLOW_CONTROL_ERROR);
    }
  }

  private static H2Refused closed() {
    return new H2Refused(Malformed.H2_FRAME, Http2Error.STREAM_CLOSED);
  }

  @Override
  public void onPriorityRead(
      ChannelHandlerContext ctx, int id, int dependency, short weight, boolean exclusive)
      throws Http2Exception {
    next();
    budget.onPriority();
  }

  @Override
  public void onRstStreamRead(ChannelHandlerContext ctx, int id, long error) throws Http2Exception {
    Http2FrameListener listener = next();
    budget.onReset();
    if (!ids.isDropped(id)) {
      listener.onRstStreamRead(ctx, id, error);
    }
  }

  @Override
  public void onSettingsAckRead(ChannelHandlerContext ctx) throws Http2Exception {
    Http2FrameListener listener = next();
    budget.onIdle();
    settingsAcknowledged = true;
    listener.onSettingsAckRead(ctx);
  }

  @Override
  public void onSettingsRead(ChannelHandlerContext ctx, Http2Settings settings)
      throws Http2Exception {
    Http2FrameListener listener = next();
    budget.onSettings();
    Long table = settings.headerTableSize();
    if (table != null && table > H2Limits.HEADER_TABLE) {
      settings.headerTableSize(H2Limits.HEADER_TABLE);
    }
    listener.onSettingsRead(ctx, settings);
  }

  @Override
  public void onPingRead(ChannelHandlerContext ctx, long data) throws Http2Exception {
    Http2FrameListener listener = next();
    budget.onIdle();
    listener.onPingRead(ctx, data);
  }

  @Override
  public void onPingAckRead(ChannelHandlerContext ctx, long data) throws Http2Exception {
    Http2FrameListener listener = next();
    budget.onIdle();
    listener.onPingAckRead(ctx, data);
  }

  @Override
  public void onPushPromiseRead(
      ChannelHandlerContext ctx, int id, int promised, Http2Headers headers, int padding)
      throws Http2Exception {
    next().onPushPromiseRead(ctx, id, promised, headers, padding);
  }

  @Override
  public void onGoAwayRead(ChannelHandlerContext ctx, int lastId, long error, ByteBuf text)
      throws Http2Exception {
    Http2FrameListener listener = next();
    budget.onIdle();
    listener.onGoAwayRead(ctx, lastId, error, text);
  }

  @Override
  public void onWindowUpdateRead(ChannelHandlerContext ctx, int id, int more)
      throws Http2Exception {
    Http2FrameListener listener = next();
    budget.onIdle();
    if (!ids.isDropped(id)) {
      listener.onWindowUpdateRead(ctx, id, more);
    }
  }

  @Override
  public void onUnknownFrame(
      ChannelHandlerContext ctx, byte type, int id, Http2Flags flags, ByteBuf payload)
      throws Http2Exception {
    Http2FrameListener listener = next();
    budget.onIdle();
    listener.onUnknownFrame(ctx, type, id, flags, payload);
  }
}
