package dev.lintel.proxy.edge.h2;

import dev.lintel.proxy.ProxySettings;
import dev.lintel.proxy.loop.Loop;
import dev.lintel.proxy.loop.Timer;
import dev.lintel.proxy.message.HttpDate;
import dev.lintel.proxy.message.Malformed;
import dev.lintel.proxy.message.RequestHead;
import dev.lintel.proxy.message.ResponseHead;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2ConnectionDecoder;
import io.netty.handler.codec.http2.Http2ConnectionEncoder;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2ConnectionPrefaceAndSettingsFrameWrittenEvent;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2Stream;
import io.netty.handler.codec.http2.ReadOnlyHttp2Headers;
import io.netty.util.AsciiString;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// One HTTP/2 connection of a client, on one loop: the last handler of its pipeline.
public final class H2Connection extends Http2ConnectionHandler {
  private static final int CONNECTION_WINDOW = 1 << 20;

  /// Between the GOAWAY that lets requests under way still come in and the one that does not.
  private static final long GRACE_MILLIS = 1_000;

  private static final Http2Headers CONTINUE =
      ReadOnlyHttp2Headers.serverHeaders(false, AsciiString.cached("100"));

  private final Loop loop;
  private final ProxySettings settings;
  private final H2Requests requests;
  private final HttpDate date;
  private final H2HeadReader reader = new H2HeadReader();
  private final H2HeadWriter writer = new H2HeadWriter();
  private final Runnable flushTask = this::flushNow;
  private final Timer idle =
      new Timer() {
        @Override
        protected void onTimeout() {
          closeInOrder();
        }
      };

  private @Nullable ChannelHandlerContext context;
  private RequestHead head = new RequestHead();
  private boolean flushQueued;
  private boolean draining;
  private int served;

  H2Connection(
      Http2ConnectionDecoder decoder,
      Http2ConnectionEncoder encoder,
      Http2Settings initial,
      Loop loop,
      ProxySettings settings,
      H2Requests requests,
      HttpDate date) {
    super(decoder, encoder, initial);
    this.loop = loop;
    this.settings = settings;
    this.requests = requests;
    this.date = date;
  }

  /// A connection that waits for its client's preface.
  public static H2Connection create(
      Loop loop, ProxySettings settings, H2Requests requests, HttpDate date) {
    return new H2ConnectionBuilder(loop, settings, requests, date).build();
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) throws Exception {
    context = ctx;
    becomeIdle();
    super.handlerAdded(ctx);
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) throws Exception {
    loop.timers().remove(idle);
    super.channelInactive(ctx);
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

  /// No request is in flight: the connection may wait so long for the next one.
  void becomeIdle() {
    loop.timers().arm(idle, loop.nanos(), settings.keepAliveMillis());
  }

  void becomeBusy() {
    loop.timers().cancel(idle);
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) throws Exception {
    if (event instanceof Http2ConnectionPrefaceAndSettingsFrameWrittenEvent) {
      Http2Stream whole = connection().connectionStream();
      int more = CONNECTION_WINDOW - connection().local().flowController().windowSize(whole);
      connection().local().flowController().incrementWindowSize(whole, more);
    }
    super.userEventTriggered(ctx, event);
  }

  private ChannelHandlerContext ctx() {
    ChannelHandlerContext known = context;
    if (known == null) {
      throw new IllegalStateException("not in a pipeline");
    }
    return known;
  }

  // ------------------------------------------------------------------ from the client

  /// The head for the next request: the last one's, unless somebody keeps that.
  RequestHead nextHead() {
    if (head.isDetached()) {
      head = new RequestHead();
    }
    return head;
  }

  /// The head of a request.
  void onRequest(H2Stream stream, Http2Headers fields, boolean last) throws Http2Exception {
    served++;
    if (last) {
      stream.endRequest();
    }
    Malformed why = reader.read(fields, last, loop.in(), stream.head());
    if (why == Malformed.H2_FIELD) {
      throw Http2Exception.streamError(
          stream.id(), Http2Error.PROTOCOL_ERROR, "malformed request: %s", why.reason());
    }
    if (why != null) {
      requests.onMalformed(stream, why);
    } else {
      stream.listener(requests.onRequest(stream, last));
    }
    if (served >= settings.http2Requests()) {
      drain();
    }
  }

  // ------------------------------------------------------------------ to the client

  ChannelFuture writeHead(int stream, ResponseHead head, boolean last) {
    Http2Headers fields = writer.write(head, date.bytes(loop.nanos()));
    ChannelHandlerContext ctx = ctx();
    return encoder().writeHeaders(ctx, stream, fields, 0, last, ctx.newPromise());
  }

  ChannelFuture writeData(int stream, ByteBuf data, boolean last) {
    ChannelHandlerContext ctx = ctx();
    return encoder().writeData(ctx, stream, data, 0, last, ctx.newPromise());
  }

  void writeContinue(int stream) {
    ChannelHandlerContext ctx = ctx();
    encoder().writeHeaders(ctx, stream, CONTINUE, 0, false, ctx.newPromise());
    flushLater();
  }

  void reset(int stream, Http2Error error) {
    ChannelHandlerContext ctx = ctx();
    resetStream(ctx, stream, error.code(), ctx.newPromise());
    flushLater();
  }

  boolean isWritable(Http2Stream stream) {
    return connection().remote().flowController().isWritable(stream);
  }

  void consume(Http2Stream stream, int bytes) {
    try {
      if (connection().local().flowController().consumeBytes(stream, bytes)) {
        flushLater();
      }
    } catch (Http2Exception e) {
      onError(ctx(), true, e);
    }
  }

  /// Has everything that was written flushed once, when the loop has done what it is about to do.
  void flushLater() {
    if (!flushQueued) {
      flushQueued = true;
      loop.eventLoop().execute(flushTask);
    }
  }

  private void flushNow() {
    flushQueued = false;
    ChannelHandlerContext ctx = ctx();
    if (!ctx.isRemoved()) {
      flush(ctx);
    }
  }

  // ------------------------------------------------------------------ the end

  /// Whether the client was told to go elsewhere.
  public boolean isDraining() {
    return draining;
  }

  /// Tells the client to make a new connection: requests that are under way are still served, then
  /// this one closes. On the loop.
  public void drain() {
    if (draining) {
      return;
    }
    draining = true;
    goAway(Integer.MAX_VALUE);
    flushLater();
    loop.eventLoop().schedule(this::closeInOrder, GRACE_MILLIS, TimeUnit.MILLISECONDS);
  }

  private void closeInOrder() {
    ChannelHandlerContext ctx = ctx();
    if (ctx.channel().isActive()) {
      draining = true;
      goAway(connection().remote().lastStreamCreated());
      // The handler waits for the open streams.
      ctx.channel().close();
    }
  }

  private void goAway(int lastStream) {
    ChannelHandlerContext ctx = ctx();
    long noError = Http2Error.NO_ERROR.code();
    goAway(ctx, lastStream, noError, Unpooled.EMPTY_BUFFER, ctx.newPromise());
  }
}
