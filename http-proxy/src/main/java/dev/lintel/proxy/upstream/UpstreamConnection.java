package dev.lintel.proxy.upstream;

import dev.lintel.proxy.failure.ProxyFailure;
import dev.lintel.proxy.loop.Flushable;
import dev.lintel.proxy.loop.Loop;
import dev.lintel.proxy.loop.SocketOptions;
import dev.lintel.proxy.message.ResponseHead;
import dev.lintel.proxy.message.Upgrade;
import dev.lintel.tls.UpstreamTls;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/// One connection to an endpoint, used by one exchange at a time, on one loop.
///
/// It reads responses and says how they end; after one that leaves no doubt it returns to its pool
/// by itself, before the listener hears of the end. After anything odd (bytes nobody asked for, a
/// response before the request was sent in full) it is closed instead.
///
/// Longer than 400 lines because all that may happen in each of a connection's states is best read
/// in one place.
public final class UpstreamConnection extends ChannelInboundHandlerAdapter
    implements UpstreamCall, ChannelFutureListener {
  private static final int CONNECTING = 0;
  private static final int IDLE = 1;
  private static final int HEAD = 2;
  private static final int BODY = 3;
  private static final int TUNNEL = 4;
  private static final int CLOSED = 5;

  private static final long NANOS_PER_MILLI = 1_000_000;

  private static final ChannelFutureListener SHUT_OUTPUT =
      future -> {
        SslHandler secure = future.channel().pipeline().get(SslHandler.class);
        if (secure != null) {
          secure.closeOutbound();
        } else if (future.channel() instanceof DuplexChannel channel) {
          channel.shutdownOutput();
        }
      };

  final EndpointPool home;
  @Nullable UpstreamConnection newer;
  @Nullable UpstreamConnection older;

  private final UpstreamPool pool;
  private final Loop loop;
  private final CallTimer timer;
  private final Outlet outlet = new Outlet();
  private final HeadReader heads;
  private final ResponseHead head;
  private final BodyReader body = new BodyReader(this);
  private final long birth;

  private @Nullable ChannelHandlerContext context;
  private @Nullable UpstreamListener listener;
  private int state = CONNECTING;
  private int served;
  private Upgrade upgrade = Upgrade.NONE;
  private boolean requestEnded;
  private boolean responseBegun;
  private boolean reused;
  private boolean broken;

  /// Since when it waits, or waited before its present request.
  private long resting;

  /// For how long it waited before its present request, where there was one before.
  private long waited;

  /// TLS: the handshake is over, which is told when all has been read that came with its end.
  private boolean shaken;

  private boolean paused;
  private boolean outputEnds;

  /// How often the client of the present response did not keep up.
  private int pauses;

  UpstreamConnection(UpstreamPool pool, EndpointPool home, Loop loop) {
    this.pool = pool;
    this.home = home;
    this.loop = loop;
    this.birth = loop.nanos();
    this.timer = new Deadline(loop);
    this.heads = new HeadReader(loop);
    this.head = heads.head();
  }

  // ------------------------------------------------------------------ what its user calls

  @Override
  public Endpoint endpoint() {
    return home.endpoint;
  }

  @Override
  public boolean isConnected() {
    return state != CONNECTING && state != CLOSED;
  }

  @Override
  public boolean isReused() {
    return reused;
  }

  @Override
  public boolean hasResponseBytes() {
    return responseBegun;
  }

  /// Begins a request; what belongs to it is written after this.
  @Override
  public void begin(boolean toHead, Upgrade upgrade, int readMillis, int sendMillis) {
    heads.begin(toHead);
    this.upgrade = upgrade;
    timer.begin(readMillis, sendMillis);
    requestEnded = false;
    responseBegun = false;
    served++;
    state = HEAD;
    timer.stop();
  }

  @Override
  public void readTimeout(int millis) {
    timer.readMillis(millis);
  }

  @Override
  public void write(ByteBuf bytes) {
    ChannelHandlerContext ctx = context;
    if (ctx == null || state == CLOSED) {
      bytes.release();
      return;
    }
    ctx.write(bytes, ctx.voidPromise());
    loop.flushLater(outlet);
  }

  @Override
  public void endRequest() {
    requestEnded = true;
    if (state == HEAD) {
      awaitRead();
    }
  }

  @Override
  public boolean isWritable() {
    ChannelHandlerContext ctx = context;
    return ctx != null && ctx.channel().isWritable();
  }

  @Override
  public void pauseRead() {
    ChannelHandlerContext ctx = context;
    if (!paused && ctx != null && state != CLOSED) {
      paused = true;
      timer.stop();
      if (++pauses == SocketOptions.PATIENCE) {
        SocketOptions.keepsUp(ctx.channel().config(), false);
      }
      ctx.channel().config().setAutoRead(false);
    }
  }

  @Override
  public void resumeRead() {
    ChannelHandlerContext ctx = context;
    if (paused && ctx != null && state != CLOSED) {
      paused = false;
      awaitRead();
      ctx.channel().config().setAutoRead(true);
    }
  }

  @Override
  public void touch() {
    if (!paused) {
      awaitRead();
    }
  }

  @Override
  public void closeOutput() {
    outputEnds = true;
    loop.flushLater(outlet);
  }

  @Override
  public void reset() {
    ChannelHandlerContext ctx = context;
    if (ctx != null && state != CLOSED) {
      ctx.flush();
      SocketOptions.resetsAtEnd(ctx.channel());
      // Past TLS, which would say that all is in order.
      ctx.pipeline().firstContext().close();
    }
    abandon();
  }

  @Override
  public void abandon() {
    listener = null;
    close();
  }

  // ------------------------------------------------------------------ what its pool calls

  void lease(UpstreamListener user) {
    listener = user;
    reused = served > 0;
    waited = loop.nanos() - resting;
  }

  void connecting(int timeoutMillis) {
    timer.start(timeoutMillis);
  }

  void rest(int idleMillis) {
    state = IDLE;
    resting = loop.nanos();
    timer.start(idleMillis);
  }

  /// Whether the endpoint may be about to end it, going by what it did to others.
  boolean isEndNear(long now) {
    return home.ends.isNear(now - resting, now);
  }

  /// Whether it has served as many requests as it may.
  boolean isSpent() {
    return served >= pool.settings().requestsPerConnection();
  }

  boolean isFit(long now) {
    UpstreamSettings settings = pool.settings();
    return state == IDLE && !isSpent() && now - birth < settings.maxAgeMillis() * NANOS_PER_MILLI;
  }

  void close() {
    if (state == CLOSED) {
      return;
    }
    boolean tunnel = state == TUNNEL;
    state = CLOSED;
    timer.remove();
    heads.release();
    ChannelHandlerContext ctx = context;
    if (ctx != null) {
      if (tunnel) {
        // The last words of a client may have come in the same burst as its end.
        ctx.flush();
      }
      ctx.close();
    }
  }

  // ------------------------------------------------------------------ the socket

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    context = ctx;
    SocketOptions.apply(ctx.channel().config());
    UpstreamTls tls = pool.settings().tls();
    if (state == CLOSED) {
      ctx.close();
    } else if (tls != null) {
      try {
        ctx.pipeline().addFirst(tls.newHandler(ctx.alloc(), home.endpoint.address()));
      } catch (SSLException e) {
        // So the attempt to connect fails.
        pool.handshakes().tell(home.endpoint, e);
        ctx.close();
      }
    }
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    if (pool.settings().tls() == null) {
      connected();
    }
  }

  private void connected() {
    loop.begin();
    UpstreamListener user = listener;
    if (state == CONNECTING && user != null) {
      state = IDLE;
      timer.stop();
      user.onConnected(this);
    } else {
      close();
    }
    loop.end();
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof SslHandshakeCompletionEvent handshake) {
      shaken = handshake.isSuccess();
      if (!shaken && state == CONNECTING) {
        loop.begin();
        Throwable cause = handshake.cause();
        if (cause instanceof SSLException) {
          pool.handshakes().tell(home.endpoint, cause);
          fail(ProxyFailure.UPSTREAM_TLS);
        } else {
          fail(ProxyFailure.CONNECT_FAILED);
        }
        loop.end();
      }
    } else if (event instanceof SslCloseCompletionEvent end && end.isSuccess()) {
      ended(true);
    }
  }

  /// The end of the attempt to connect; a good one is told by [#connected].
  @Override
  public void operationComplete(ChannelFuture future) {
    if (!future.isSuccess() && state == CONNECTING) {
      loop.begin();
      fail(ProxyFailure.CONNECT_FAILED);
      loop.end();
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    loop.begin();
    ByteBuf bytes = (ByteBuf) message;
    switch (state) {
      case HEAD -> readHead(bytes);
      case BODY -> {
        awaitRead();
        body.read(bytes);
      }
      case TUNNEL -> {
        awaitRead();
        body.tell(bytes, false);
      }
      default -> {
        bytes.release();
        unasked();
      }
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    if (shaken) {
      // What came along behind the handshake came unasked; it was read by now, and closed this.
      shaken = false;
      connected();
    }
    loop.end();
    UpstreamListener user = listener;
    if (user != null) {
      user.onUpstreamReadComplete();
    }
  }

  /// The upstream spoke out of turn.
  private void unasked() {
    if (state == IDLE && listener == null) {
      endedIdle();
      close();
    } else if (state == IDLE || state == CONNECTING) {
      fail(ProxyFailure.BAD_RESPONSE);
    }
  }

  private void readHead(ByteBuf arrived) {
    responseBegun = true;
    ByteBuf bytes = heads.read(arrived);
    if (bytes == null) {
      ProxyFailure fault = heads.fault();
      if (fault == null) {
        awaitRead();
      } else {
        fail(fault);
      }
      return;
    }
    if (head.status() == 101) {
      upgraded(bytes);
    } else {
      state = BODY;
      awaitRead();
      body.begin(head, bytes);
    }
  }

  private void upgraded(ByteBuf bytes) {
    UpstreamListener user = listener;
    if (user == null || upgrade == Upgrade.NONE || !head.agreesTo(upgrade)) {
      bytes.release();
      fail(ProxyFailure.BAD_RESPONSE);
      return;
    }
    state = TUNNEL;
    awaitRead();
    if (bytes.isReadable()) {
      user.onUpgraded(head, bytes);
    } else {
      bytes.release();
      user.onUpgraded(head, null);
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    if (!ctx.channel().isWritable()) {
      return;
    }
    if (!requestEnded && state == HEAD) {
      timer.stop();
    }
    UpstreamListener user = listener;
    if (user != null && state != CONNECTING) {
      user.onUpstreamWritable();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    // Over TLS the end that counts is said; without that, somebody may have cut the response. What
    // passes through a tunnel knows its own end.
    ended(pool.settings().tls() == null);
  }

  /// The upstream sends no more.
  ///
  /// @param inOrder whether it is the upstream that says so
  private void ended(boolean inOrder) {
    loop.begin();
    if (state == IDLE && listener == null) {
      endedIdle();
    } else if (state == CONNECTING) {
      fail(ProxyFailure.CONNECT_FAILED);
    } else if (!broken
        && (state == TUNNEL || inOrder && state == BODY && body.endsWithConnection())) {
      body.end(null, false);
    } else if (state != CLOSED) {
      boolean begun = state == BODY || state == TUNNEL;
      if (reused && !responseBegun) {
        home.ends.add(waited, loop.nanos());
      }
      fail(begun ? ProxyFailure.RESPONSE_CUT : ProxyFailure.UPSTREAM_CLOSED);
    }
    close();
    loop.end();
  }

  /// The endpoint had enough of waiting for a request.
  private void endedIdle() {
    long now = loop.nanos();
    home.ends.add(now - resting, now);
    pool.forget(this);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    broken = true;
    ctx.close();
  }

  // ------------------------------------------------------------------ ends

  @Nullable UpstreamListener listener() {
    return listener;
  }

  Loop loop() {
    return loop;
  }

  /// The response has ended. Gives the connection back if nothing speaks against it.
  ///
  /// @return who is to be told of the end
  @Nullable UpstreamListener complete(boolean clean) {
    UpstreamListener user = listener;
    listener = null;
    ChannelHandlerContext ctx = context;
    if (clean && requestEnded && head.isReusable() && ctx != null && isFlushed(ctx.channel())) {
      if (paused) {
        paused = false;
        ctx.channel().config().setAutoRead(true);
      }
      if (pauses >= SocketOptions.PATIENCE) {
        SocketOptions.keepsUp(ctx.channel().config(), true);
      }
      pauses = 0;
      pool.release(this);
    } else {
      close();
    }
    return user;
  }

  private static boolean isFlushed(Channel channel) {
    ChannelOutboundBuffer buffer = channel.unsafe().outboundBuffer();
    return buffer != null && buffer.totalPendingWriteBytes() == 0;
  }

  void fail(ProxyFailure failure) {
    UpstreamListener user = listener;
    listener = null;
    close();
    if (user != null) {
      user.onUpstreamFailure(failure);
    }
  }

  private void awaitRead() {
    if (requestEnded || state == TUNNEL || state == BODY) {
      timer.awaitRead();
    }
  }

  /// The time for whatever the present state waits for is over.
  void onTimeout() {
    switch (state) {
      case CONNECTING -> fail(ProxyFailure.CONNECT_TIMEOUT);
      case IDLE -> {
        pool.forget(this);
        close();
      }
      case TUNNEL -> body.end(null, false);
      default -> fail(CallTimer.late(requestEnded));
    }
  }

  /// The burst has ended: what was written goes out.
  void flush() {
    ChannelHandlerContext ctx = context;
    if (ctx == null || state == CLOSED) {
      return;
    }
    if (outputEnds) {
      outputEnds = false;
      ctx.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(SHUT_OUTPUT);
      return;
    }
    ctx.flush();
    if (!requestEnded && state == HEAD && !ctx.channel().isWritable()) {
      timer.awaitSend();
    }
  }

  private final class Deadline extends CallTimer {
    Deadline(Loop loop) {
      super(loop);
    }

    @Override
    protected void onTimeout() {
      UpstreamConnection.this.onTimeout();
    }
  }

  /// What is written waits here for the end of the burst.
  private final class Outlet extends Flushable {
    @Override
    protected void flush() {
      UpstreamConnection.this.flush();
    }
  }
}
