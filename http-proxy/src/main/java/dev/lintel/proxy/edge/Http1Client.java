package dev.lintel.proxy.edge;

import dev.lintel.proxy.ProxySettings;
import dev.lintel.proxy.exchange.ClientConnection;
import dev.lintel.proxy.exchange.ClientSide;
import dev.lintel.proxy.exchange.Exchange;
import dev.lintel.proxy.failure.ProxyFailure;
import dev.lintel.proxy.loop.Loop;
import dev.lintel.proxy.message.BodyFraming;
import dev.lintel.proxy.message.ChunkDecoder;
import dev.lintel.proxy.message.Malformed;
import dev.lintel.proxy.message.RequestHead;
import dev.lintel.proxy.message.ResponseHead;
import dev.lintel.proxy.message.ScanResult;
import dev.lintel.proxy.message.Trailers;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import org.jspecify.annotations.Nullable;

/// One HTTP/1.1 (or 1.0) connection of a client: reads requests one after another and writes their
/// responses.
///
/// Of a client that sends requests ahead, what comes behind the one in work is kept, and nothing
/// more is read until its turn comes. What is written is [Http1Writer]'s affair.
///
/// Longer than 400 lines because all that may happen in each of a connection's states is best read
/// in one place.
final class Http1Client extends ChannelInboundHandlerAdapter implements ClientSide {
  /// Waits for a request's head, or for the rest of it.
  private static final int HEAD = 0;

  /// Reads a request's body.
  private static final int BODY = 1;

  /// The request is complete, the response is not.
  private static final int AWAIT = 2;

  /// The response is complete, the request's body is not: the rest is thrown away.
  private static final int DISCARD = 3;

  /// The last response is written; the connection closes once it has arrived.
  private static final int CLOSING = 4;

  private static final int TUNNEL = 5;
  private static final int CLOSED = 6;

  private static final int MOST_DISCARDED = 64 * 1024;
  private static final int DISCARD_MILLIS = 5_000;

  private final ServerState server;
  private final Http2Edge http2;
  private final ClientConnection connection;
  private final Loop loop;
  private final Exchange exchange;
  private final RequestHead head;
  private final RequestHeadReader heads;
  private final RequestBodyReader body = new RequestBodyReader();
  private final Http1Deadline timer;

  private @Nullable ChannelHandlerContext context;
  private @Nullable Http1Writer writer;
  private @Nullable Intake intake;
  private @Nullable Http1Pace pace;
  private @Nullable Tunnel tunnel;
  private ProxySettings settings;
  private int state = HEAD;
  private int served;
  private long discarded;
  private boolean processing;
  private boolean continueOwed;

  Http1Client(ServerState server, ClientConnection connection, Http2Edge http2) {
    this.server = server;
    this.http2 = http2;
    this.connection = connection;
    this.loop = connection.loop();
    this.timer = new Http1Deadline(this, loop);
    this.head = new RequestHead();
    this.exchange = new Exchange(connection, this, head);
    this.heads = new RequestHeadReader(loop, head, connection.isTls());
    this.settings = server.config().settings();
  }

  // ------------------------------------------------------------------ the socket

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    context = ctx;
    writer = new Http1Writer(this, ctx, loop);
    intake = new Intake(ctx);
    pace = new Http1Pace(this, ctx.channel(), loop);
    timer.start(settings.headTimeoutMillis());
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    loop.begin();
    process(intake().join((ByteBuf) message));
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    loop.end();
    exchange.onClientReadComplete();
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    if (ctx.channel().isWritable()) {
      // Behind the last response the rest is watched as well.
      if (state != CLOSING) {
        pace().flowing();
      }
      exchange.onClientWritable();
      if (state == HEAD) {
        goOn();
      }
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    loop.begin();
    gone();
    loop.end();
    ctx.fireChannelInactive();
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    gone();
  }

  private void gone() {
    if (state != CLOSED) {
      state = CLOSED;
      loop.timers().remove(timer);
      pace().remove();
      Tunnel open = tunnel;
      if (open != null) {
        connection.traffic().remove(open);
      }
      exchange.onClientClosed();
    }
    Http1Writer out = writer;
    if (out != null) {
      out.release();
    }
    if (!processing) {
      intake().drop();
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    ctx.close();
  }

  // ------------------------------------------------------------------ reading

  private void process(ByteBuf bytes) {
    processing = true;
    while (bytes.isReadable() && step(bytes)) {
      // A step consumed something, or changed what is waited for.
    }
    processing = false;
    if (bytes.isReadable() && state != CLOSED) {
      intake().keep(bytes);
    } else {
      bytes.release();
    }
    regulate();
  }

  /// False where nothing goes on before more bytes come, or before the response is complete.
  private boolean step(ByteBuf bytes) {
    return switch (state) {
      // Behind what a client does not take, no other request is begun.
      case HEAD -> isWritable() && readHead(bytes);
      case BODY -> readBody(bytes);
      case DISCARD -> discard(bytes);
      case TUNNEL -> {
        exchange.onRequestBody(bytes.readRetainedSlice(bytes.readableBytes()), false);
        yield true;
      }
      case AWAIT -> false;
      default -> {
        bytes.skipBytes(bytes.readableBytes());
        yield false;
      }
    };
  }

  private boolean readHead(ByteBuf bytes) {
    if (served == 0 && Http2Edge.isPreface(bytes)) {
      return beginHttp2(bytes);
    }
    head.fieldNames(settings.fieldNames());
    head.makesIds(settings.makesRequestIds());
    ScanResult result = heads.read(bytes);
    if (result == ScanResult.INCOMPLETE) {
      if (!timer.isForHead()) {
        timer.start(settings.headTimeoutMillis());
      }
      return false;
    }
    settings = server.config().settings();
    served++;
    if (result == ScanResult.MALFORMED) {
      boolean foreign = served == 1 && FirstLine.isForeign(bytes);
      bytes.skipBytes(bytes.readableBytes());
      refuse(foreign);
      return false;
    }
    begin();
    return true;
  }

  /// The client speaks HTTP/2 without having asked: the bytes belong to another handler.
  private boolean beginHttp2(ByteBuf bytes) {
    ChannelHandlerContext ctx = context;
    if (ctx == null || bytes.readableBytes() < Http2Edge.PREFACE_LENGTH) {
      return false;
    }
    ByteBuf all = bytes.readRetainedSlice(bytes.readableBytes());
    http2.begin(ctx.pipeline(), server, connection);
    ctx.fireChannelRead(all);
    ctx.pipeline().remove(this);
    return false;
  }

  private void refuse(boolean foreign) {
    Malformed found = head.malformed();
    ProxyFailure why = ProxyFailure.request(found == null ? Malformed.START_LINE : found);
    if (foreign) {
      state = CLOSING;
      connection.traffic().counts().onFailure(why);
      out().close();
      return;
    }
    // What follows is no request: it is thrown away, so that the answer is not lost to a reset.
    state = DISCARD;
    out().begin(true, true);
    exchange.onMalformedHead(why);
  }

  private void begin() {
    boolean reuse =
        head.isKeepAlive()
            && served < settings.keepAliveRequests()
            && !connection.traffic().isReuseDiscouraged();
    out().begin(head.isHttp11(), !reuse);
    continueOwed = head.expectsContinue();
    if (head.framing() == BodyFraming.NONE) {
      state = AWAIT;
      timer.stop();
    } else {
      state = BODY;
      body.begin(head);
      pace().beginBody();
      timer.start(settings.bodyTimeoutMillis());
    }
    exchange.onRequestHead(server.config().routes(), settings.forwarded());
  }

  private boolean readBody(ByteBuf bytes) {
    int run = body.next(bytes);
    if (run >= 0 && body.isChunked() && !exchange.admitsBody(run + body.left())) {
      bytes.skipBytes(run);
      return true;
    }
    if (run > 0) {
      tellBody(bytes.readRetainedSlice(run), body.isComplete());
    } else if (run == ChunkDecoder.END) {
      tellBody(Unpooled.EMPTY_BUFFER, true);
    } else if (run == ChunkDecoder.MALFORMED) {
      bytes.skipBytes(bytes.readableBytes());
      exchange.fail(body.fault());
    }
    return true;
  }

  private void tellBody(ByteBuf piece, boolean last) {
    continueOwed = false;
    pace().received(piece.readableBytes());
    if (last) {
      state = AWAIT;
      timer.stop();
    } else if (!intake().isPaused()) {
      timer.start(settings.bodyTimeoutMillis());
    }
    Trailers trailers = last ? body.trailers() : null;
    if (trailers == null) {
      exchange.onRequestBody(piece, last);
    } else {
      exchange.onRequestTrailers(trailers);
    }
  }

  private boolean discard(ByteBuf bytes) {
    int readable = bytes.readableBytes();
    int run = body.next(bytes);
    if (run > 0) {
      bytes.skipBytes(run);
    }
    discarded += readable - bytes.readableBytes();
    if (run == ChunkDecoder.END || body.isComplete()) {
      await();
    } else if (run == ChunkDecoder.MALFORMED || discarded > MOST_DISCARDED) {
      bytes.skipBytes(bytes.readableBytes());
      linger();
    }
    return true;
  }

  private void regulate() {
    if (state != CLOSED) {
      intake().regulate(state == HEAD && isWritable());
      pace().owesBody(state == BODY && !continueOwed && !intake().isPaused());
    }
  }

  // ------------------------------------------------------------------ the client's side

  private Intake intake() {
    Intake in = intake;
    if (in == null) {
      throw new IllegalStateException("not in a pipeline");
    }
    return in;
  }

  private Http1Pace pace() {
    Http1Pace known = pace;
    if (known == null) {
      throw new IllegalStateException("not in a pipeline");
    }
    return known;
  }

  private Http1Writer out() {
    Http1Writer out = writer;
    if (out == null) {
      throw new IllegalStateException("not in a pipeline");
    }
    return out;
  }

  @Override
  public void sendHead(ResponseHead response, @Nullable ByteBuf piece, boolean last) {
    if (state == BODY && (continueOwed || body.left() > MOST_DISCARDED)) {
      out().closeBehind();
    }
    out().head(response, piece, last);
  }

  @Override
  public void sendBody(ByteBuf piece, boolean last) {
    Tunnel bytes = tunnel;
    if (bytes == null) {
      out().body(piece, last);
    } else {
      bytes.send(piece);
    }
  }

  @Override
  public void sendTrailers(Trailers trailers) {
    out().trailers(trailers, head.acceptsTrailers());
  }

  @Override
  public void sendContinue() {
    continueOwed = false;
    out().interim();
    regulate();
  }

  @Override
  public boolean isWritable() {
    ChannelHandlerContext ctx = context;
    return ctx != null && ctx.channel().isWritable();
  }

  @Override
  public void pauseRead() {
    intake().pause(true);
    if (state == BODY) {
      timer.stop();
    }
    regulate();
  }

  @Override
  public void resumeRead() {
    if (intake().isPaused()) {
      intake().pause(false);
      if (state == BODY) {
        timer.start(settings.bodyTimeoutMillis());
      }
      regulate();
    }
  }

  @Override
  public int httpVersion() {
    return head.isHttp11() ? 11 : 10;
  }

  @Override
  public long bytesSent() {
    return out().sent();
  }

  @Override
  public void closeBehind() {
    out().closeBehind();
  }

  @Override
  public void abort() {
    ChannelHandlerContext ctx = context;
    if (ctx != null && state != CLOSED) {
      boolean tunnel = state == TUNNEL;
      state = CLOSING;
      if (tunnel) {
        // Last words of the upstream are not to be lost to a reset.
        out().close();
      } else {
        out().cut();
      }
    }
  }

  @Override
  public void switchProtocols(ResponseHead response, @Nullable ByteBuf early) {
    state = TUNNEL;
    timer.stop();
    out().switchProtocols(response, head.upgrade());
    Tunnel made = new Tunnel(exchange, out(), loop, head.upgrade());
    tunnel = made;
    connection.traffic().add(made);
    if (early != null) {
      made.send(early);
    }
    goOn();
  }

  @Override
  public void ended() {
    if (state == CLOSED || state == CLOSING) {
      return;
    }
    intake().pause(false);
    if (state == TUNNEL) {
      state = CLOSING;
      out().close();
    } else if (out().closes()) {
      linger();
    } else if (state == BODY) {
      state = DISCARD;
      discarded = 0;
      timer.start(DISCARD_MILLIS);
      regulate();
    } else {
      await();
    }
  }

  /// Waits for the next request, which may be here already.
  private void await() {
    state = HEAD;
    intake().renew();
    timer.startIdle(connection.traffic().idleMillis(settings.keepAliveMillis()));
    goOn();
  }

  /// Takes what waits; while bytes are processed anyway, that comes next by itself.
  private void goOn() {
    ByteBuf bytes = processing ? null : intake().take();
    if (bytes == null) {
      regulate();
    } else {
      process(bytes);
    }
  }

  /// Closes behind the last response. A client that still sends would lose it to a reset, so what
  /// it sends is taken for a while.
  private void linger() {
    boolean sends = state == BODY || state == DISCARD || !intake().isEmpty();
    state = CLOSING;
    intake().drop();
    if (sends) {
      out().closeOutput();
      timer.start(DISCARD_MILLIS);
      regulate();
    } else {
      out().close();
    }
  }

  /// The time for whatever the present state waits for is over.
  void onTimeout() {
    ChannelHandlerContext ctx = context;
    if (state == BODY) {
      exchange.fail(ProxyFailure.BODY_TIMEOUT);
    } else if (!(state == HEAD && timer.isForHead()) && pace().waiting() > 0) {
      // Who still takes the last response is not idle; how fast it must be is watched.
      pace().stalled();
      if (state == HEAD) {
        timer.startIdle(DISCARD_MILLIS);
      } else {
        timer.start(DISCARD_MILLIS);
      }
    } else if (ctx != null) {
      if (state == HEAD && !intake().isEmpty()) {
        connection.traffic().counts().onFailure(ProxyFailure.HEAD_TIMEOUT);
      }
      ctx.close();
    }
  }

  // ------------------------------------------------------------------ its pace

  ProxySettings settings() {
    return settings;
  }

  boolean hurriesUpload() {
    return exchange.hurriesUpload();
  }

  boolean hurriesDownload() {
    return exchange.isFinished() || exchange.hurriesDownload();
  }

  long bytesWritten() {
    return out().written();
  }

  /// Bytes of a response wait, or may wait, for the client.
  void stalled() {
    if (state != CLOSED) {
      pace().stalled();
    }
  }

  void onSlowBody() {
    exchange.fail(ProxyFailure.BODY_TOO_SLOW);
  }

  /// The client takes next to nothing of what waits for it.
  void onStalled() {
    if (exchange.isFinished()) {
      connection.traffic().counts().onFailure(ProxyFailure.CLIENT_STALLED);
      abort();
    } else {
      exchange.fail(ProxyFailure.CLIENT_STALLED);
    }
  }
}
