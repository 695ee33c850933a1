package dev.lintel.proxy.edge.h2;

import dev.lintel.proxy.ProxySettings;
import dev.lintel.proxy.edge.ServerState;
import dev.lintel.proxy.exchange.ClientConnection;
import dev.lintel.proxy.exchange.LongLived;
import dev.lintel.proxy.loop.Acknowledged;
import dev.lintel.proxy.loop.Loop;
import dev.lintel.proxy.loop.Timer;
import dev.lintel.proxy.message.Malformed;
import dev.lintel.proxy.message.ResponseHead;
import dev.lintel.proxy.message.Trailers;
import dev.lintel.proxy.message.Upgrade;
import dev.lintel.proxy.message.h2.H2Trailers;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2ConnectionDecoder;
import io.netty.handler.codec.http2.Http2ConnectionEncoder;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2LocalFlowController;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2Stream;
import io.netty.handler.codec.http2.ReadOnlyHttp2Headers;
import io.netty.util.AsciiString;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// One HTTP/2 connection of a client, on one loop: the last handler of its pipeline.
public final class H2Connection extends H2FaultHandler implements LongLived {
  /// Between the GOAWAY that lets requests under way still come in and the one that does not.
  private static final long GRACE_MILLIS = 1_000;

  private static final Http2Headers CONTINUE =
      ReadOnlyHttp2Headers.serverHeaders(false, AsciiString.cached("100"));

  private final ServerState server;
  private final ClientConnection client;
  private final Loop loop;
  private final H2Loop shared;
  private final H2HeadWriter writer;
  private final H2WholeResponse whole;
  private final List<H2Stream> read = new ArrayList<>();
  private final Timer idle =
      new Timer() {
        @Override
        protected boolean isIdle() {
          return true;
        }

        @Override
        protected void onTimeout() {
          closeInOrder();
        }
      };

  private boolean draining;
  private int served;
  private int tunnels;

  H2Connection(
      Http2ConnectionDecoder decoder,
      Http2ConnectionEncoder encoder,
      Http2Settings initial,
      ServerState server,
      ClientConnection client,
      H2Inflow inflow,
      H2Loop shared,
      H2WholeResponse whole) {
    super(decoder, encoder, initial, server, client, inflow);
    this.shared = shared;
    this.writer = shared.writer();
    this.whole = whole;
    this.server = server;
    this.client = client;
    this.loop = client.loop();
  }

  // ------------------------------------------------------------------ the socket

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) throws Exception {
    client.traffic().add(this);
    super.handlerAdded(ctx);
    becomeIdle();
    if (client.traffic().isReuseDiscouraged()) {
      discourageReuse();
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) throws Exception {
    loop.begin();
    super.channelRead(ctx, message);
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) throws Exception {
    super.channelReadComplete(ctx);
    loop.end();
    for (int i = 0; i < read.size(); i++) {
      read.get(i).onReadComplete();
    }
    read.clear();
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) throws Exception {
    loop.begin();
    client.traffic().remove(this);
    super.channelInactive(ctx);
    loop.timers().remove(idle);
    loop.end();
  }

  Loop loop() {
    return loop;
  }

  ProxySettings settings() {
    return server.config().settings();
  }

  void arm(Timer timer, long millis) {
    loop.timers().arm(timer, loop.nanos(), millis);
  }

  // ------------------------------------------------------------------ from the client

  /// A new stream's side of the client.
  H2Stream open(Http2Stream stream, boolean last) {
    return shared.open(this, stream, last);
  }

  ClientConnection client() {
    return client;
  }

  /// Stream and exchange have ended.
  void recycle(H2Stream stream) {
    shared.recycle(stream);
  }

  /// The head of a request.
  void onRequest(H2Stream stream, Http2Headers fields, boolean last) {
    served++;
    stream.head().fieldNames(settings().fieldNames());
    stream.head().makesIds(settings().makesRequestIds());
    Malformed why = shared.reader().read(fields, last, loop.in(), stream.head());
    if (why == null) {
      if (stream.head().upgrade() != Upgrade.NONE) {
        stream.askForTunnel();
      }
      stream.exchange().onRequestHead(server.config().routes(), settings().forwarded());
    } else {
      stream.refuse(why);
    }
    if (served >= settings().http2Requests()) {
      discourageReuse();
    }
  }

  /// A piece of this stream's body was read.
  void wasRead(H2Stream stream) {
    read.add(stream);
  }

  /// A tunnel is open, which is told when the proxy ends.
  void opened(H2Tunnel tunnel) {
    tunnels++;
    client.traffic().add(tunnel);
  }

  /// A tunnel has ended, whether it was ever open or not.
  void closed(H2Tunnel tunnel) {
    if (tunnel.isOpen()) {
      tunnels--;
      client.traffic().remove(tunnel);
    }
  }

  void becomeBusy() {
    loop.timers().cancel(idle);
  }

  /// No request is in flight: the connection may wait so long for the next one.
  void becomeIdle() {
    if (!ctx().channel().isActive()) {
      // Its last streams may end after it: a timer would keep all of it in memory.
      return;
    }
    arm(idle, client.traffic().idleMillis(settings().keepAliveMillis()));
  }

  // ------------------------------------------------------------------ to the client

  ChannelFuture writeHead(int stream, ResponseHead head, boolean last) {
    Http2Headers fields = writer.write(head, loop.date());
    ChannelHandlerContext ctx = ctx();
    loop.flushLast(outlet);
    return encoder().writeHeaders(ctx, stream, fields, 0, last, ctx.newPromise());
  }

  /// Writes a response that is there as a whole, if it may go out at once; then the body is
  /// released, and the stream is to be ended by [#end]. Else nothing has happened.
  boolean writeWhole(Http2Stream stream, ResponseHead head, ByteBuf body) {
    if (!whole.fits(stream, body.readableBytes())) {
      return false;
    }
    Http2Headers fields = writer.write(head, loop.date());
    if (!whole.fits(fields, writer.bytes())) {
      return false;
    }
    loop.flushLast(outlet);
    try {
      whole.write(ctx(), stream, fields, writer.bytes(), body);
    } catch (Http2Exception e) {
      onError(ctx(), true, e);
    }
    return true;
  }

  /// Ends a stream whose response was written as a whole.
  void end(Http2Stream stream) {
    closeStreamLocal(stream, ctx().newSucceededFuture());
  }

  /// Bytes of the last head's fields.
  int headBytes() {
    return writer.bytes();
  }

  ChannelFuture writeTrailers(int stream, Trailers trailers) {
    ChannelHandlerContext ctx = ctx();
    loop.flushLater(outlet);
    return encoder()
        .writeHeaders(ctx, stream, H2Trailers.write(trailers), 0, true, ctx.newPromise());
  }

  ChannelFuture writeData(int stream, ByteBuf data, boolean last) {
    ChannelHandlerContext ctx = ctx();
    loop.flushLast(outlet);
    return encoder().writeData(ctx, stream, data, 0, last, ctx.newPromise());
  }

  void writeContinue(int stream) {
    ChannelHandlerContext ctx = ctx();
    loop.flushLast(outlet);
    encoder().writeHeaders(ctx, stream, CONTINUE, 0, false, ctx.newPromise());
  }

  void reset(int stream, Http2Error error) {
    ChannelHandlerContext ctx = ctx();
    loop.flushLast(outlet);
    resetStream(ctx, stream, error.code(), ctx.newPromise());
  }

  void resetIfOpen(int stream, Http2Error error) {
    if (connection().stream(stream) != null) {
      reset(stream, error);
    }
  }

  /// Whether the connection as a whole takes bytes.
  boolean isOpenForMore() {
    return ctx().channel().isWritable();
  }

  /// What of everything written has arrived at the client; -1 where that is not known.
  long acknowledged() {
    return Acknowledged.bytes(ctx().channel());
  }

  /// Whether the client's windows for a body are open.
  boolean maySend(Http2Stream stream) {
    Http2LocalFlowController windows = connection().local().flowController();
    return windows.windowSize(stream) > 0
        && windows.windowSize(connection().connectionStream()) > 0;
  }

  boolean isWritable(@Nullable Http2Stream stream) {
    return stream != null && connection().remote().flowController().isWritable(stream);
  }

  @Override
  protected void flushSoon() {
    loop.flushLast(outlet);
  }

  // ------------------------------------------------------------------ the end

  /// Tells the client to make a new connection: requests that are under way are still served, then
  /// this one closes.
  @Override
  public void discourageReuse() {
    if (draining || isLeaving()) {
      return;
    }
    draining = true;
    goAway(Integer.MAX_VALUE);
    loop.eventLoop().schedule(this::closeInOrder, GRACE_MILLIS, TimeUnit.MILLISECONDS);
  }

  /// Streams are requests, which are waited for, or tunnels, which are told by themselves.
  @Override
  public void closeForShutdown() {}

  private void closeInOrder() {
    ChannelHandlerContext ctx = ctx();
    if (ctx.channel().isActive() && !isLeaving()) {
      draining = true;
      goAway(connection().remote().lastStreamCreated());
      if (tunnels > 0) {
        // A tunnel has no last day: what it shares its connection with does not change that.
        gracefulShutdownTimeoutMillis(-1);
      }
      // The handler waits for the open streams.
      ctx.channel().close();
    }
  }

  private void goAway(int lastStream) {
    ChannelHandlerContext ctx = ctx();
    long noError = Http2Error.NO_ERROR.code();
    goAway(ctx, lastStream, noError, Unpooled.EMPTY_BUFFER, ctx.newPromise());
    loop.flushLast(outlet);
  }
}
