package dev.lintel.proxy.upstream.h2;

import dev.lintel.proxy.failure.ProxyFailure;
import dev.lintel.proxy.h2.H2Handler;
import dev.lintel.proxy.loop.Loop;
import dev.lintel.proxy.loop.Timer;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2ConnectionDecoder;
import io.netty.handler.codec.http2.Http2ConnectionEncoder;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2Stream;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/// One connection to an endpoint that carries many calls, on one loop: the last handler of its
/// pipeline.
///
/// It counts as there once the peer's settings came, since only they say how many streams it takes.
/// While it carries calls and its peer is silent, it is asked by a PING whether it lives.
///
/// Longer than 400 lines because all that may happen in each of a connection's states is best read
/// in one place.
final class H2UpstreamConnection extends H2Handler implements ChannelFutureListener {
  private static final int CONNECTION_WINDOW = 1 << 20;
  private static final int MOST_STREAMS = 1000;
  private static final long NANOS_PER_MILLI = 1_000_000;

  private static final SSLException NO_HTTP_2 =
      new SSLException("the upstream did not agree on HTTP/2 by ALPN", null);

  private static final int CONNECTING = 0;
  private static final int READY = 1;
  private static final int DRAINING = 2;
  private static final int CLOSED = 3;

  private final H2Endpoint home;
  private final Loop loop;
  private final Http2Connection.PropertyKey key;
  private final H2ResponseReader reader = new H2ResponseReader();
  private final H2RequestFields fields = new H2RequestFields();
  private final List<H2Call> read = new ArrayList<>();
  private final long birth;
  private final Timer watch =
      new Timer() {
        @Override
        protected void onTimeout() {
          onWatch();
        }
      };

  private int state = CONNECTING;
  private int served;

  /// Places that were given away, to calls whose stream does not exist yet.
  private int reserved;

  private boolean answered;
  private boolean broken;
  private boolean opensTunnels;
  private boolean pinged;
  private boolean heardSincePing = true;
  private long heard;

  H2UpstreamConnection(
      Http2ConnectionDecoder decoder,
      Http2ConnectionEncoder encoder,
      Http2Settings initial,
      H2Endpoint home) {
    super(decoder, encoder, initial, CONNECTION_WINDOW);
    this.home = home;
    this.loop = home.loop;
    this.key = connection().newKey();
    this.birth = loop.nanos();
  }

  // ------------------------------------------------------------------ the socket

  /// The end of the attempt to connect; a good one goes on with the peer's settings.
  @Override
  public void operationComplete(ChannelFuture future) {
    if (!future.isSuccess()) {
      loop.begin();
      lost(ProxyFailure.CONNECT_FAILED);
      loop.end();
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) throws Exception {
    if (event instanceof SslHandshakeCompletionEvent handshake) {
      SslHandler tls = ctx.pipeline().get(SslHandler.class);
      boolean agreed =
          tls != null && ApplicationProtocolNames.HTTP_2.equals(tls.applicationProtocol());
      if (!handshake.isSuccess() || !agreed) {
        loop.begin();
        Throwable cause = handshake.isSuccess() ? NO_HTTP_2 : handshake.cause();
        if (cause instanceof SSLException) {
          home.handshakes.tell(home.endpoint, cause);
          lost(ProxyFailure.UPSTREAM_TLS);
        } else {
          lost(ProxyFailure.CONNECT_FAILED);
        }
        loop.end();
        ctx.close();
      }
    }
    super.userEventTriggered(ctx, event);
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
    if (!read.isEmpty()) {
      // What was sent to clients is flushed: only now they show whether they keep up.
      loop.begin();
      for (int i = 0; i < read.size(); i++) {
        read.get(i).onReadComplete();
      }
      read.clear();
      loop.end();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) throws Exception {
    loop.begin();
    lost(ProxyFailure.CONNECT_FAILED);
    super.channelInactive(ctx);
    loop.end();
  }

  @Override
  protected void onConnectionError(
      ChannelHandlerContext ctx,
      boolean outbound,
      Throwable cause,
      @Nullable Http2Exception protocol) {
    // What could not be written, because the peer is gone, is no fault in what it said.
    broken |= protocol != null;
    super.onConnectionError(ctx, outbound, cause, protocol);
  }

  @Override
  protected void onStreamError(
      ChannelHandlerContext ctx,
      boolean outbound,
      Throwable cause,
      Http2Exception.StreamException protocol) {
    H2Call call = call(connection().stream(protocol.streamId()));
    if (call != null) {
      call.onFault();
    }
    super.onStreamError(ctx, outbound, cause, protocol);
  }

  Loop loop() {
    return loop;
  }

  H2ResponseReader reader() {
    return reader;
  }

  // ------------------------------------------------------------------ its places

  boolean isConnecting() {
    return state == CONNECTING;
  }

  /// Whether it served a call before.
  boolean isReused() {
    return served > 1;
  }

  /// Whether it has begun to answer a call: it may be closed for being idle from then on.
  boolean hasAnswered() {
    return answered;
  }

  /// Whether it takes another call now.
  boolean hasPlace() {
    if (state != READY || isWorn()) {
      return false;
    }
    int most = Math.min(MOST_STREAMS, connection().local().maxActiveStreams());
    return reserved + connection().local().numActiveStreams() < most;
  }

  /// Whether it is old enough to be left.
  private boolean isWorn() {
    return state == READY
        && (served >= home.settings.requestsPerConnection()
            || loop.nanos() - birth >= home.settings.maxAgeMillis() * NANOS_PER_MILLI);
  }

  void reserve() {
    reserved++;
    served++;
  }

  void giveBack() {
    reserved--;
  }

  void connecting(int timeoutMillis) {
    arm(timeoutMillis);
  }

  /// The peer's settings are there, the first ones or new ones.
  void onSettings(Http2Settings settings) throws Http2Exception {
    Boolean connect = settings.connectProtocolEnabled();
    opensTunnels |= connect != null && connect;
    // What the peer would remember for us is memory of ours, too.
    if (encoder().configuration().headersConfiguration().maxHeaderTableSize()
        > H2ConnectionBuilder.HEADER_TABLE) {
      encoder()
          .configuration()
          .headersConfiguration()
          .maxHeaderTableSize(H2ConnectionBuilder.HEADER_TABLE);
    }
    if (state == CONNECTING) {
      state = READY;
      arm(home.settings.idleMillis());
    }
    home.serve();
  }

  /// Whether the peer said that it knows the extended CONNECT (RFC 8441 3).
  boolean opensTunnels() {
    return opensTunnels;
  }

  @Nullable H2Call call(@Nullable Http2Stream stream) {
    return stream == null ? null : stream.<H2Call>getProperty(key);
  }

  // ------------------------------------------------------------------ to the upstream

  /// Begins a stream with this head; null where that fails.
  @Nullable Http2Stream begin(H2Call call, ByteBuf head, boolean last) {
    reserved--;
    ChannelHandlerContext ctx = ctx();
    int id = connection().local().incrementAndGetNextStreamId();
    byte[] scratch = loop.out();
    int length = head.readableBytes();
    head.getBytes(head.readerIndex(), scratch, 0, length);
    Http2Headers list =
        fields.read(
            scratch,
            length,
            home.protocol.tls() != null,
            home.endpoint.text(),
            call.asksForTunnel());
    if (connection().numActiveStreams() == 0) {
      heard = loop.nanos();
      heardSincePing = true;
      arm(home.protocol.pingAfterMillis());
    }
    encoder().writeHeaders(ctx, id, list, 0, last, ctx.newPromise());
    loop.flushLater(outlet);
    Http2Stream stream = connection().stream(id);
    if (stream != null) {
      stream.setProperty(key, call);
    }
    return stream;
  }

  void writeData(Http2Stream stream, ByteBuf data, boolean last) {
    ChannelHandlerContext ctx = ctx();
    encoder().writeData(ctx, stream.id(), data, 0, last, ctx.newPromise());
    loop.flushLater(outlet);
  }

  void writeTrailers(Http2Stream stream, Http2Headers trailers) {
    ChannelHandlerContext ctx = ctx();
    encoder().writeHeaders(ctx, stream.id(), trailers, 0, true, ctx.newPromise());
    loop.flushLater(outlet);
  }

  void reset(Http2Stream stream, Http2Error error) {
    if (state != CLOSED && connection().stream(stream.id()) != null) {
      ChannelHandlerContext ctx = ctx();
      resetStream(ctx, stream.id(), error.code(), ctx.newPromise());
      loop.flushLater(outlet);
    }
  }

  boolean isWritable(Http2Stream stream) {
    return connection().remote().flowController().isWritable(stream);
  }

  /// Whether bytes of a stream wait for its window.
  boolean holds(Http2Stream stream) {
    return connection().remote().flowController().hasFlowControlled(stream);
  }

  @Override
  protected void flushSoon() {
    loop.flushLater(outlet);
  }

  // ------------------------------------------------------------------ from the upstream

  /// A response begins, or goes on.
  void heard() {
    answered = true;
    heard = loop.nanos();
    heardSincePing = true;
  }

  /// A piece for this call was read.
  void wasRead(H2Call call) {
    read.add(call);
  }

  void onPingAck() {
    if (pinged) {
      pinged = false;
      heard = loop.nanos();
      arm(home.protocol.pingAgainMillis());
    }
  }

  /// Whether the peer said that it did not look at this stream.
  boolean isBeyondLast(int id) {
    return connection().goAwayReceived() && id > connection().local().lastStreamKnownByPeer();
  }

  /// Whether the peer broke the protocol.
  boolean isBroken() {
    return broken;
  }

  void onStreamClosed() {
    if (connection().numActiveStreams() > 0) {
      home.serve();
      return;
    }
    if (isWorn()) {
      drain();
    } else if (state == DRAINING) {
      closeSoon();
    } else if (state == READY) {
      arm(home.settings.idleMillis());
      home.serve();
    }
  }

  // ------------------------------------------------------------------ the end

  /// Takes no more calls and closes behind those it carries.
  void drain() {
    if (state == CONNECTING) {
      close();
    } else if (state == READY) {
      state = DRAINING;
      home.remove(this);
      if (connection().numActiveStreams() == 0 && reserved == 0) {
        closeSoon();
      }
    }
  }

  /// Not at once: the stream that ended last is still being closed.
  private void closeSoon() {
    loop.eventLoop().execute(this::close);
  }

  private void close() {
    if (hasSocket()) {
      ctx().channel().close();
    } else {
      lost(ProxyFailure.CONNECT_FAILED);
    }
  }

  /// The socket is gone, or never was.
  private void lost(ProxyFailure why) {
    int before = state;
    state = CLOSED;
    loop.timers().remove(watch);
    if (before == CONNECTING) {
      home.connectFailed(this, why);
    } else if (before == READY) {
      home.remove(this);
      home.serve();
    }
  }

  private void arm(int millis) {
    if (state != CLOSED) {
      loop.timers().arm(watch, loop.nanos(), millis);
    }
  }

  /// The time is over for connecting, for resting, for being silent or for answering a PING.
  private void onWatch() {
    if (state == CONNECTING) {
      lost(ProxyFailure.CONNECT_TIMEOUT);
      if (hasSocket()) {
        ctx().close();
      }
    } else if (pinged) {
      // Its streams end with it.
      ctx().close();
    } else if (connection().numActiveStreams() == 0) {
      drain();
    } else {
      askWhetherAlive();
    }
  }

  private void askWhetherAlive() {
    int after = heardSincePing ? home.protocol.pingAfterMillis() : home.protocol.pingAgainMillis();
    long silent = (loop.nanos() - heard) / NANOS_PER_MILLI;
    if (silent < after) {
      arm((int) (after - silent));
      return;
    }
    pinged = true;
    heardSincePing = false;
    ChannelHandlerContext ctx = ctx();
    encoder().writePing(ctx, false, loop.nanos(), ctx.newPromise());
    loop.flushLater(outlet);
    arm(home.protocol.pingTimeoutMillis());
  }
}
