package dev.lintel.proxy.edge.h3;

import dev.lintel.proxy.ProxySettings;
import dev.lintel.proxy.edge.PacedStream;
import dev.lintel.proxy.edge.StreamPace;
import dev.lintel.proxy.exchange.ClientSide;
import dev.lintel.proxy.exchange.Exchange;
import dev.lintel.proxy.failure.ProxyFailure;
import dev.lintel.proxy.loop.Loop;
import dev.lintel.proxy.loop.SocketOptions;
import dev.lintel.proxy.loop.Timer;
import dev.lintel.proxy.message.Malformed;
import dev.lintel.proxy.message.RequestHead;
import dev.lintel.proxy.message.ResponseHead;
import dev.lintel.proxy.message.Trailers;
import dev.lintel.proxy.message.Upgrade;
import dev.lintel.proxy.message.h2.H2Trailers;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownReadComplete;
import io.netty.handler.codec.http3.DefaultHttp3DataFrame;
import io.netty.handler.codec.http3.DefaultHttp3Headers;
import io.netty.handler.codec.http3.DefaultHttp3HeadersFrame;
import io.netty.handler.codec.http3.Http3DataFrame;
import io.netty.handler.codec.http3.Http3ErrorCode;
import io.netty.handler.codec.http3.Http3Exception;
import io.netty.handler.codec.http3.Http3Headers;
import io.netty.handler.codec.http3.Http3HeadersFrame;
import io.netty.handler.codec.http3.Http3HeadersValidationException;
import io.netty.handler.codec.quic.QuicException;
import io.netty.handler.codec.quic.QuicStreamChannel;
import io.netty.handler.codec.quic.QuicStreamFrame;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;

/// One request of an HTTP/3 connection and the client's side of its exchange: the last handler of
/// the stream.
///
/// What the exchange does not take stays unread, so that the client's window closes; what the
/// client does not take waits in QUIC, and the exchange sees that the stream is not writable.
///
/// Longer than 400 lines because what client and exchange may do in each of a stream's states is
/// best read in one place.
final class H3Stream extends ChannelInboundHandlerAdapter implements ClientSide, PacedStream {
  private static final int FRAME_HEADER = 3;
  private static final int AROUND_FIELD = 32;
  private static final String CONTENT_LENGTH = "content-length";

  /// How long the end of a request that hardly has a body is waited for: it may come in a packet of
  /// its own, and until then nobody knows that there is none.
  private static final int END_MILLIS = 100;

  private final H3Connection connection;
  private final QuicStreamChannel stream;
  private final Loop loop;
  private final RequestHead head = new RequestHead();
  private final Exchange exchange;
  private final StreamPace pace;
  private final Timer headClock = new HeadClock();
  private final Lengths lengths = new Lengths();

  private @Nullable ChannelHandlerContext context;

  /// A list of fields of which it is not known yet whether a body follows.
  private @Nullable Http3Headers fields;

  private @Nullable Trailers trailers;
  private boolean begun;
  private boolean requestEnded;
  private boolean responseEnded;
  private boolean exchangeEnded = true;
  private boolean paused;
  private boolean refused;
  private boolean stalled;
  private boolean closed;

  /// Whether the exchange waits for bytes to go out.
  private boolean full;

  private long length;
  private long received;
  private long sent;

  H3Stream(H3Connection connection, QuicStreamChannel stream) {
    this.connection = connection;
    this.stream = stream;
    this.loop = connection.loop();
    this.exchange = new Exchange(connection.client(), this, head);
    this.pace = new StreamPace(loop, this, exchange);
  }

  /// Goes in front of the library's checks.
  ChannelHandler lengths() {
    return lengths;
  }

  // ------------------------------------------------------------------ from the client

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    context = ctx;
    if (connection.opened(stream)) {
      connection.arm(headClock, settings().headTimeoutMillis());
    } else {
      cut(Http3ErrorCode.H3_REQUEST_REJECTED);
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    loop.begin();
    if (message instanceof Http3DataFrame data) {
      onData(data.content());
    } else if (message instanceof Http3HeadersFrame list) {
      onFields(list.headers());
    } else {
      ReferenceCountUtil.release(message);
      onIdleFrame();
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    loop.begin();
    Http3Headers waiting = fields;
    if (waiting != null) {
      boolean last = stream.isInputShutdown();
      if (last || !mayEndSoon(waiting)) {
        begin(last);
      } else {
        connection.arm(headClock, END_MILLIS);
      }
    }
    if (begun) {
      exchange.onClientReadComplete();
    }
    loop.end();
  }

  private static boolean mayEndSoon(Http3Headers fields) {
    CharSequence method = fields.method();
    return method != null
        && !fields.contains(CONTENT_LENGTH)
        && !"POST".contentEquals(method)
        && !"PUT".contentEquals(method)
        && !"PATCH".contentEquals(method);
  }

  private void onFields(Http3Headers list) {
    if (!begun && fields == null) {
      fields = list;
      return;
    }
    if (fields != null) {
      begin(false);
    }
    // What is behind the body; told when the stream ends, for until then more may come.
    Trailers read = H2Trailers.read(list);
    if (read == null) {
      onMalformed();
    } else {
      trailers = read;
    }
  }

  private void onData(ByteBuf piece) {
    if (fields != null) {
      begin(false);
    }
    int bytes = piece.readableBytes();
    received += bytes;
    pace.received(bytes);
    if (bytes == 0) {
      onIdleFrame();
    }
    if (exchangeEnded) {
      piece.release();
    } else if (length >= 0 && received > length) {
      piece.release();
      onMalformed();
    } else {
      if (!paused) {
        pace.owesBody();
      }
      exchange.onRequestBody(piece, false);
    }
  }

  private void onIdleFrame() {
    if (!connection.budget().allowsIdleFrame()) {
      connection.leave(Malformed.H2_EMPTY_FRAMES);
    }
  }

  /// The client has ended its half.
  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event == ChannelInputShutdownReadComplete.INSTANCE) {
      loop.begin();
      onEnd();
      loop.end();
    }
    ctx.fireUserEventTriggered(event);
  }

  private void onEnd() {
    if (fields != null) {
      begin(true);
      return;
    }
    if (requestEnded) {
      return;
    }
    requestEnded = true;
    pace.owesNothing();
    if (!begun) {
      cut(Http3ErrorCode.H3_REQUEST_INCOMPLETE);
    } else if (!exchangeEnded) {
      Trailers behind = trailers;
      if (length >= 0 && received != length) {
        onMalformed();
      } else if (behind != null) {
        exchange.onRequestTrailers(behind);
      } else {
        exchange.onRequestBody(Unpooled.EMPTY_BUFFER, true);
      }
    }
  }

  /// The request begins.
  ///
  /// @param last whether nothing is behind its head
  private void begin(boolean last) {
    Http3Headers list = fields;
    fields = null;
    loop.timers().cancel(headClock);
    if (list == null || closed) {
      return;
    }
    start(last);
    ProxySettings settings = settings();
    head.fieldNames(settings.fieldNames());
    head.makesIds(settings.makesRequestIds());
    Malformed why = judge(list, last);
    length = head.contentLength();
    if (why == null) {
      exchange.onRequestHead(connection.server().config().routes(), settings.forwarded());
    } else {
      refuse(why);
    }
  }

  private void start(boolean last) {
    begun = true;
    exchangeEnded = false;
    requestEnded = last;
    connection.onRequest();
    pace.begin();
    if (!last) {
      pace.owesBody();
    }
  }

  private @Nullable Malformed judge(Http3Headers list, boolean last) {
    if (lengths.isAmbiguous) {
      head.clear();
      return Malformed.H2_FIELD;
    }
    if (size(list) > H3Limits.FIELD_SECTION) {
      head.clear();
      return Malformed.HEAD_TOO_LONG;
    }
    Malformed why = connection.reader().read(list, last, loop.in(), head);
    return why == null && head.upgrade() != Upgrade.NONE ? Malformed.H2_PROTOCOL : why;
  }

  private static int size(Http3Headers list) {
    int bytes = 0;
    for (var field : list) {
      bytes += field.getKey().length() + field.getValue().length() + AROUND_FIELD;
    }
    return bytes;
  }

  /// A list of fields that HTTP/3 forbids resets its stream (RFC 9114 4.1.2), whatever else is
  /// wrong has its page.
  private void refuse(Malformed why) {
    refused = why == Malformed.H2_FIELD;
    exchange.onMalformedHead(ProxyFailure.request(why));
  }

  /// What came is no message: the library found it, or we did.
  private void onMalformed() {
    loop.timers().cancel(headClock);
    fields = null;
    if (!begun) {
      start(true);
      head.clear();
      refuse(Malformed.H2_FIELD);
    } else {
      connection.count(ProxyFailure.request(Malformed.H2_FIELD));
      cut(Http3ErrorCode.H3_MESSAGE_ERROR);
    }
    if (!connection.budget().allowsFault()) {
      connection.leave(Malformed.H2_FAULTS);
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    loop.begin();
    if (cause instanceof QuicException) {
      takenBack();
    } else if (cause instanceof Http3HeadersValidationException
        || cause instanceof IllegalArgumentException
        || cause instanceof Http3Exception fault
            && fault.errorCode() == Http3ErrorCode.H3_MESSAGE_ERROR) {
      onMalformed();
    } else {
      // A fault of the whole connection, which the library closes.
      Http3ErrorCode why =
          cause instanceof Http3Exception fault
              ? fault.errorCode()
              : Http3ErrorCode.H3_INTERNAL_ERROR;
      connection.count(
          ProxyFailure.request(
              why == Http3ErrorCode.H3_EXCESSIVE_LOAD
                  ? Malformed.HEAD_TOO_LONG
                  : Malformed.H2_FRAME));
      cut(why);
    }
    loop.end();
  }

  /// The client has no use for the response any more.
  private void takenBack() {
    if (closed) {
      return;
    }
    boolean answered = responseEnded;
    cut(Http3ErrorCode.H3_REQUEST_CANCELLED);
    if (!connection.budget().allowsReset(answered)) {
      connection.leave(Malformed.H2_RESETS);
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    if (stream.isWritable()) {
      loop.begin();
      pace.flowing();
      offerRoom();
      loop.end();
    }
  }

  private void offerRoom() {
    if (full && pace.waiting() <= SocketOptions.LOW && stream.isWritable()) {
      full = false;
      exchange.onClientWritable();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    loop.begin();
    onClosed();
    loop.end();
    ctx.fireChannelInactive();
  }

  private void onClosed() {
    if (closed) {
      return;
    }
    closed = true;
    fields = null;
    loop.timers().remove(headClock);
    pace.remove();
    if (!exchangeEnded) {
      if (requestEnded) {
        exchange.onClientClosed();
      } else {
        exchange.onClientReset();
      }
    }
    connection.closed();
  }

  /// Ends both halves of the stream as they are.
  private void cut(Http3ErrorCode why) {
    responseEnded = true;
    ChannelHandlerContext ctx = context;
    if (ctx != null && !closed) {
      stream.shutdown(why.code(), ctx.newPromise());
      ctx.close();
      onClosed();
    }
  }

  // ------------------------------------------------------------------ what its pace asks

  @Override
  public ProxySettings settings() {
    return connection.settings();
  }

  @Override
  public boolean maySend() {
    return !closed && !paused;
  }

  @Override
  public boolean isTaking() {
    return stream.isWritable();
  }

  @Override
  public boolean hurriesDownload() {
    return exchangeEnded || exchange.hurriesDownload();
  }

  @Override
  public boolean isOpenForMore() {
    return true;
  }

  @Override
  public long acknowledged() {
    return -1;
  }

  @Override
  public void stalled() {
    stalled = true;
    if (exchangeEnded) {
      connection.count(ProxyFailure.CLIENT_STALLED);
      cut(Http3ErrorCode.H3_REQUEST_CANCELLED);
    } else {
      exchange.fail(ProxyFailure.CLIENT_STALLED);
    }
  }

  // ------------------------------------------------------------------ to the client

  private ChannelHandlerContext ctx() {
    ChannelHandlerContext known = context;
    if (known == null) {
      throw new IllegalStateException("not in a pipeline");
    }
    return known;
  }

  @Override
  public void sendHead(ResponseHead response, @Nullable ByteBuf body, boolean last) {
    if (closed || responseEnded) {
      release(body);
      return;
    }
    if (refused) {
      release(body);
      responseEnded = true;
      loop.eventLoop().execute(this::refuseNow);
      return;
    }
    write(new DefaultHttp3HeadersFrame(connection.writer().write(response, loop.date())));
    sent += FRAME_HEADER + connection.writer().bytes();
    if (body != null) {
      writeBody(body);
    }
    if (last) {
      end();
    }
  }

  /// Not within the call that said so.
  private void refuseNow() {
    loop.begin();
    cut(Http3ErrorCode.H3_MESSAGE_ERROR);
    loop.end();
  }

  private static void release(@Nullable ByteBuf body) {
    if (body != null) {
      body.release();
    }
  }

  @Override
  public void sendBody(ByteBuf body, boolean last) {
    if (closed || responseEnded) {
      body.release();
      return;
    }
    writeBody(body);
    if (last) {
      end();
    }
  }

  @Override
  public void sendTrailers(Trailers behind) {
    if (!closed && !responseEnded) {
      write(new DefaultHttp3HeadersFrame(H3HeadWriter.write(behind)));
      end();
    }
  }

  /// In frames that are short enough to show how fast the client takes them.
  private void writeBody(ByteBuf body) {
    while (body.readableBytes() > H3Limits.FRAME) {
      writeData(body.readRetainedSlice(H3Limits.FRAME));
    }
    if (body.isReadable()) {
      writeData(body);
    } else {
      body.release();
    }
    if (!stream.isWritable()) {
      pace.stalled();
    }
  }

  private void writeData(ByteBuf piece) {
    int bytes = piece.readableBytes();
    sent += FRAME_HEADER + bytes;
    pace.written(bytes);
    // The library's composite buffer begins at index 0 of its parts, whatever was read of them.
    ctx().write(new DefaultHttp3DataFrame(piece.slice())).addListener(new Written(bytes));
  }

  private void write(Object frame) {
    ctx().write(frame).addListener(new Written(0));
  }

  /// Ends our half, behind all that waits; then, if the client goes on with its own, tells it not
  /// to (RFC 9114 4.1).
  private void end() {
    responseEnded = true;
    ChannelFuture ended = ctx().pipeline().firstContext().write(QuicStreamFrame.EMPTY_FIN);
    if (!requestEnded) {
      ended.addListener(_ -> stopUpload());
    }
  }

  private void stopUpload() {
    if (!requestEnded && !closed) {
      loop.eventLoop().execute(this::stopUploadNow);
    }
  }

  /// Not within the call that ended the response: the exchange is not told yet.
  private void stopUploadNow() {
    if (!requestEnded && !closed) {
      loop.begin();
      stream.shutdownInput(Http3ErrorCode.H3_NO_ERROR.code(), ctx().newPromise());
      ctx().close();
      onClosed();
      loop.end();
    }
  }

  @Override
  public void sendContinue() {
    if (!closed && !responseEnded) {
      write(new DefaultHttp3HeadersFrame(new DefaultHttp3Headers(false).status("100")));
    }
  }

  @Override
  public boolean isWritable() {
    full = pace.waiting() >= SocketOptions.HIGH || !stream.isWritable();
    return !full;
  }

  @Override
  public void pauseRead() {
    paused = true;
    pace.owesNothing();
    stream.config().setAutoRead(false);
  }

  /// Reads at once where bytes are there: not within the call that asks for them.
  @Override
  public void resumeRead() {
    if (paused) {
      paused = false;
      loop.eventLoop().execute(this::readOn);
    }
  }

  private void readOn() {
    if (!paused && !closed) {
      if (!requestEnded && !exchangeEnded) {
        pace.owesBody();
      }
      stream.config().setAutoRead(true);
    }
  }

  /// A stream ends with its response; the connection serves others.
  @Override
  public void closeBehind() {}

  @Override
  public void abort() {
    if (!closed) {
      responseEnded = true;
      loop.eventLoop().execute(this::abortNow);
    }
  }

  private void abortNow() {
    loop.begin();
    cut(stalled ? Http3ErrorCode.H3_REQUEST_CANCELLED : Http3ErrorCode.H3_INTERNAL_ERROR);
    loop.end();
  }

  /// Nobody is offered a tunnel over HTTP/3.
  @Override
  public void switchProtocols(ResponseHead response, @Nullable ByteBuf early) {
    release(early);
    abort();
  }

  @Override
  public int httpVersion() {
    return 30;
  }

  /// Head fields count as they are before they are compressed.
  @Override
  public long bytesSent() {
    return sent;
  }

  @Override
  public void ended() {
    exchangeEnded = true;
    pace.owesNothing();
    resumeRead();
  }

  /// QUIC has taken a frame, or never will.
  private final class Written implements ChannelFutureListener {
    private final int bytes;

    Written(int bytes) {
      this.bytes = bytes;
    }

    @Override
    public void operationComplete(ChannelFuture written) {
      pace.taken(bytes);
      if (!written.isSuccess() && !closed) {
        loop.eventLoop().execute(H3Stream.this::takenBackNow);
      }
    }
  }

  private void takenBackNow() {
    loop.begin();
    takenBack();
    loop.end();
  }

  /// First for the head, then for the end of a request that hardly has a body.
  private final class HeadClock extends Timer {
    @Override
    protected void onTimeout() {
      if (fields != null) {
        begin(false);
      } else if (!begun) {
        connection.count(ProxyFailure.HEAD_TIMEOUT);
        cut(Http3ErrorCode.H3_REQUEST_CANCELLED);
      }
    }
  }

  /// Looks at the lengths that a list of fields states, as they came.
  private static final class Lengths extends ChannelInboundHandlerAdapter {
    private boolean isAmbiguous;

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      if (message instanceof Http3HeadersFrame list) {
        isAmbiguous |= list.headers().getAll(CONTENT_LENGTH).size() > 1;
        CharSequence stated = list.headers().get(CONTENT_LENGTH);
        for (int i = 0; stated != null && i < stated.length(); i++) {
          isAmbiguous |= stated.charAt(i) < '0' || stated.charAt(i) > '9';
        }
      }
      ctx.fireChannelRead(message);
    }
  }
}
