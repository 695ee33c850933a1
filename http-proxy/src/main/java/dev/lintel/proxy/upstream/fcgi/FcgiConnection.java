package dev.lintel.proxy.upstream.fcgi;

import dev.lintel.proxy.failure.ProxyFailure;
import dev.lintel.proxy.loop.Flushable;
import dev.lintel.proxy.loop.Loop;
import dev.lintel.proxy.loop.SocketOptions;
import dev.lintel.proxy.message.BodyFraming;
import dev.lintel.proxy.message.Malformed;
import dev.lintel.proxy.message.Trailers;
import dev.lintel.proxy.message.Upgrade;
import dev.lintel.proxy.upstream.CallTimer;
import dev.lintel.proxy.upstream.Endpoint;
import dev.lintel.proxy.upstream.UpstreamCall;
import dev.lintel.proxy.upstream.UpstreamListener;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundBuffer;
import org.jspecify.annotations.Nullable;

/// One connection to a FastCGI server, used by one exchange at a time, on one loop.
///
/// A response that has no body is told with its head; what the application does after that goes on
/// behind it for a while, on a connection that nobody uses meanwhile.
///
/// Longer than 400 lines because all that may happen in each of a connection's states is best read
/// in one place.
final class FcgiConnection extends ChannelInboundHandlerAdapter
    implements UpstreamCall, ChannelFutureListener, FcgiReader.Sink {
  private static final int CONNECTING = 0;
  private static final int IDLE = 1;
  private static final int HEAD = 2;
  private static final int BODY = 3;

  /// The response was told; the request has not ended.
  private static final int DRAIN = 4;

  private static final int CLOSED = 5;

  private static final int DRAIN_MILLIS = 10_000;
  private static final int MOST_DRAINED = 64 * 1024;

  private final FcgiEndpoint home;
  private final Loop loop;
  private final CallTimer timer;
  private final Outlet outlet = new Outlet();
  private final FcgiRequest request;
  private final FcgiReader records = new FcgiReader(this);
  private final FcgiHead heads;
  private final long birth;

  private @Nullable ChannelHandlerContext context;
  private @Nullable UpstreamListener listener;
  private @Nullable StringBuilder errors;
  private int state = CONNECTING;
  private int served;
  private int drained;

  /// Whether the length of the body was said; what is left of it then.
  private boolean bounded;

  private long left;
  private boolean toHead;
  private boolean headWritten;
  private boolean requestEnded;
  private boolean responseBegun;
  private boolean reused;
  private boolean paused;

  FcgiConnection(FcgiEndpoint home) {
    this.home = home;
    this.loop = home.loop;
    this.birth = loop.nanos();
    this.timer = new Deadline(loop);
    this.request = new FcgiRequest(home.protocol, loop);
    this.heads = new FcgiHead(loop);
  }

  // ------------------------------------------------------------------ what its endpoint calls

  long birth() {
    return birth;
  }

  int served() {
    return served;
  }

  void lease(UpstreamListener user) {
    listener = user;
    reused = served > 0;
  }

  void connecting(int timeoutMillis) {
    timer.start(timeoutMillis);
  }

  void rest(int idleMillis) {
    state = IDLE;
    timer.start(idleMillis);
  }

  void close() {
    if (state == CLOSED) {
      return;
    }
    state = CLOSED;
    records.stop();
    timer.remove();
    heads.release();
    tellErrors();
    ChannelHandlerContext ctx = context;
    if (ctx != null) {
      ctx.close();
    }
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

  @Override
  public void begin(boolean answersHead, Upgrade upgrade, int readMillis, int sendMillis) {
    toHead = answersHead;
    timer.begin(readMillis, sendMillis);
    records.begin();
    heads.begin();
    headWritten = false;
    requestEnded = false;
    responseBegun = false;
    drained = 0;
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
    write(bytes, false);
  }

  @Override
  public void write(ByteBuf bytes, boolean last) {
    ChannelHandlerContext ctx = context;
    if (ctx == null || state != HEAD && state != BODY) {
      bytes.release();
      return;
    }
    if (headWritten) {
      writeBody(ctx, bytes);
    } else {
      headWritten = true;
      ByteBuf out = loop.allocator().directBuffer(bytes.readableBytes() + 1024);
      boolean written = request.write(bytes, out);
      bytes.release();
      if (!written) {
        out.release();
        fail(ProxyFailure.request(Malformed.PATH_AMBIGUOUS));
        return;
      }
      ctx.write(out, ctx.voidPromise());
    }
    if (last) {
      ByteBuf end = loop.allocator().directBuffer(Fcgi.HEADER);
      Fcgi.header(end, Fcgi.STDIN, 0);
      ctx.write(end, ctx.voidPromise());
    }
    loop.flushLater(outlet);
  }

  private void writeBody(ChannelHandlerContext ctx, ByteBuf bytes) {
    while (bytes.isReadable()) {
      int length = Math.min(Fcgi.MOST_CONTENT, bytes.readableBytes());
      ByteBuf header = loop.allocator().directBuffer(Fcgi.HEADER);
      Fcgi.header(header, Fcgi.STDIN, length);
      ctx.write(header, ctx.voidPromise());
      ctx.write(bytes.readRetainedSlice(length), ctx.voidPromise());
    }
    bytes.release();
  }

  /// There is no place for fields behind a body.
  @Override
  public void writeTrailers(Trailers trailers) {
    write(Unpooled.EMPTY_BUFFER, true);
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

  /// There are no tunnels.
  @Override
  public void closeOutput() {
    abandon();
  }

  @Override
  public void abandon() {
    listener = null;
    close();
  }

  // ------------------------------------------------------------------ the socket

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    context = ctx;
    SocketOptions.apply(ctx.channel().config());
    if (state == CLOSED) {
      ctx.close();
    }
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
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

  /// The end of the attempt to connect; a good one is told by [#channelActive].
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
    if (state == IDLE || state == CONNECTING || state == CLOSED) {
      bytes.release();
      unasked();
      return;
    }
    responseBegun = true;
    awaitRead();
    if (!records.read(bytes) && state != CLOSED) {
      onFault();
    }
  }

  /// The server spoke out of turn.
  private void unasked() {
    if (state == IDLE && listener == null) {
      home.forget(this);
      close();
    } else if (state != CLOSED) {
      fail(ProxyFailure.BAD_RESPONSE);
    }
  }

  private void onFault() {
    if (state == IDLE) {
      home.forget(this); // behind the end of its request
      close();
    } else {
      fail(state == HEAD ? ProxyFailure.BAD_RESPONSE : ProxyFailure.RESPONSE_CUT);
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    loop.end();
    UpstreamListener user = listener;
    if (user != null) {
      user.onUpstreamReadComplete();
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
    loop.begin();
    if (state == IDLE && listener == null) {
      home.forget(this);
    } else if (state == CONNECTING) {
      fail(ProxyFailure.CONNECT_FAILED);
    } else if (state != CLOSED) {
      if (reused && !responseBegun) {
        home.distrust();
      }
      fail(
          state == HEAD || state == IDLE
              ? ProxyFailure.UPSTREAM_CLOSED
              : ProxyFailure.RESPONSE_CUT);
    }
    close();
    loop.end();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    ctx.close();
  }

  // ------------------------------------------------------------------ records

  @Override
  public void onOutput(ByteBuf piece) {
    switch (state) {
      case HEAD -> {
        ByteBuf rest = heads.read(piece, toHead);
        ProxyFailure fault = heads.fault();
        if (rest != null) {
          onHead(rest);
        } else if (fault != null) {
          fail(fault);
        }
      }
      case BODY -> onBody(piece);
      default -> drain(piece);
    }
  }

  private void onHead(ByteBuf rest) {
    BodyFraming framing = heads.head().framing();
    UpstreamListener user = listener;
    bounded = framing == BodyFraming.LENGTH;
    left = bounded ? heads.head().contentLength() : Long.MAX_VALUE;
    if (framing == BodyFraming.NONE) {
      state = DRAIN;
      timer.start(DRAIN_MILLIS);
      listener = null;
      resume();
      if (user != null) {
        user.onResponseHead(heads.head(), null, true);
      }
      drain(rest);
      return;
    }
    state = BODY;
    if (rest.readableBytes() > left) {
      rest.writerIndex(rest.readerIndex() + (int) left);
    }
    left -= rest.readableBytes();
    ByteBuf piece = rest.isReadable() ? rest : null;
    if (piece == null) {
      rest.release();
    }
    if (user != null) {
      user.onResponseHead(heads.head(), piece, false);
    } else if (piece != null) {
      piece.release();
    }
  }

  /// What is more than was announced is passed over, as nginx does.
  private void onBody(ByteBuf piece) {
    UpstreamListener user = listener;
    if (piece.readableBytes() > left) {
      piece.writerIndex(piece.readerIndex() + (int) left);
    }
    left -= piece.readableBytes();
    if (user == null || !piece.isReadable()) {
      piece.release();
    } else {
      user.onResponseBody(piece, false);
    }
  }

  private void drain(ByteBuf piece) {
    drained += piece.readableBytes();
    piece.release();
    if (drained > MOST_DRAINED) {
      close();
    }
  }

  @Override
  public void onError(ByteBuf piece) {
    StringBuilder said = errors;
    if (said == null) {
      said = new StringBuilder();
      errors = said;
    }
    home.errors.add(said, piece);
  }

  private void tellErrors() {
    StringBuilder said = errors;
    if (said != null) {
      errors = null;
      home.errors.tell(said);
    }
  }

  @Override
  public void onEnd(int status, boolean isAll) {
    tellErrors();
    if (state == HEAD) {
      fail(status == Fcgi.OVERLOADED ? ProxyFailure.UPSTREAM_REFUSED : ProxyFailure.BAD_RESPONSE);
      return;
    }
    if (state == BODY && (bounded && left > 0 || status != Fcgi.COMPLETE)) {
      fail(ProxyFailure.RESPONSE_CUT);
      return;
    }
    UpstreamListener user = listener;
    listener = null;
    boolean isFree = isAll && requestEnded && status == Fcgi.COMPLETE && isFlushed();
    if (home.protocol.keepsConnections() && isFree) {
      resume();
      home.release(this);
    } else {
      close();
    }
    if (user != null) {
      user.onResponseBody(Unpooled.EMPTY_BUFFER, true);
    }
  }

  private boolean isFlushed() {
    ChannelHandlerContext ctx = context;
    ChannelOutboundBuffer buffer = ctx == null ? null : ctx.channel().unsafe().outboundBuffer();
    return buffer != null && buffer.totalPendingWriteBytes() == 0;
  }

  /// Nobody who did not keep up reads any more.
  private void resume() {
    ChannelHandlerContext ctx = context;
    if (paused && ctx != null) {
      paused = false;
      ctx.channel().config().setAutoRead(true);
    }
  }

  // ------------------------------------------------------------------ ends

  private void fail(ProxyFailure failure) {
    UpstreamListener user = listener;
    listener = null;
    close();
    if (user != null) {
      user.onUpstreamFailure(failure);
    }
  }

  private void awaitRead() {
    if (!paused && (state == BODY || state == HEAD && requestEnded)) {
      timer.awaitRead();
    }
  }

  private void onTimeout() {
    switch (state) {
      case CONNECTING -> fail(ProxyFailure.CONNECT_TIMEOUT);
      case IDLE -> {
        home.forget(this);
        close();
      }
      case DRAIN -> close();
      default -> fail(CallTimer.late(requestEnded));
    }
  }

  private void flush() {
    ChannelHandlerContext ctx = context;
    if (ctx == null || state == CLOSED) {
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
      FcgiConnection.this.onTimeout();
    }
  }

  /// What is written waits here for the end of the burst.
  private final class Outlet extends Flushable {
    @Override
    protected void flush() {
      FcgiConnection.this.flush();
    }
  }
}
