package dev.lintel.proxy.edge.h2;

import dev.lintel.proxy.exchange.ClientSide;
import dev.lintel.proxy.exchange.Exchange;
import dev.lintel.proxy.failure.ProxyFailure;
import dev.lintel.proxy.message.Malformed;
import dev.lintel.proxy.message.RequestHead;
import dev.lintel.proxy.message.ResponseHead;
import dev.lintel.proxy.message.Trailers;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Stream;
import org.jspecify.annotations.Nullable;

/// The client's side of one request of an HTTP/2 connection; used again for a later one, with its
/// exchange, once both the stream and the exchange have ended.
///
/// What the exchange does not take stays unacknowledged, so that the client's window closes; what
/// the client does not take waits in the flow controller, and the exchange sees that the stream is
/// not writable.
final class H2Stream implements ClientSide {
  private static final int FRAME_HEADER = 9;
  private static final int TUNNEL_IS_OPEN = 200;

  private final H2Connection connection;
  private final RequestHead head = new RequestHead();
  private final Exchange exchange;
  private final H2BodyDeadline bodyDeadline;
  private final H2SendDeadline sendDeadline;

  private @Nullable Http2Stream stream;
  private @Nullable H2Tunnel tunnel;
  private int id;
  private boolean requestEnded;
  private boolean responseEnded;
  private boolean exchangeEnded = true;
  private boolean spare;
  private boolean paused;
  private boolean read;
  private boolean refused;
  private boolean stalled;
  private int owed;
  private long sent;

  H2Stream(H2Connection connection) {
    this.connection = connection;
    this.exchange = connection.exchange(this);
    this.bodyDeadline = new H2BodyDeadline(connection, exchange);
    this.sendDeadline = new H2SendDeadline(connection, this);
  }

  /// Begins with a stream; its request is not read yet.
  void begin(Http2Stream stream, boolean last) {
    this.stream = stream;
    spare = false;
    id = stream.id();
    requestEnded = last;
    responseEnded = false;
    exchangeEnded = false;
    paused = false;
    refused = false;
    stalled = false;
    owed = 0;
    sent = 0;
    if (!last) {
      bodyDeadline.start();
    }
  }

  /// What comes behind the head is not a body: a tunnel is asked for.
  void askForTunnel() {
    tunnel = new H2Tunnel(this, connection.loop(), requestEnded);
    bodyDeadline.stop();
  }

  boolean isTunnel() {
    return tunnel != null;
  }

  RequestHead head() {
    return head;
  }

  Exchange exchange() {
    return exchange;
  }

  boolean isOf(Http2Stream other) {
    return other.equals(stream);
  }

  // ------------------------------------------------------------------ from the client

  /// A piece of the body; `padding` bytes count against the window as well. Returns how many bytes
  /// the client may send in their place now.
  int onData(ByteBuf data, int padding, boolean last) {
    int bytes = data.readableBytes() + padding;
    endRequest(last);
    if (exchangeEnded) {
      return bytes;
    }
    if (!read) {
      read = true;
      connection.wasRead(this);
    }
    // A pause in the call below holds back these bytes as well.
    owed += bytes;
    H2Tunnel asked = tunnel;
    if (asked != null && !asked.isOpen()) {
      asked.hold(data, last);
      return 0;
    }
    exchange.onRequestBody(data.retain(), last);
    if (paused) {
      return 0;
    }
    int credit = owed;
    owed = 0;
    return credit;
  }

  /// The head is not one that may be answered: a list of fields that HTTP/2 forbids resets its
  /// stream, whatever else is wrong has its page.
  void refuse(Malformed why) {
    refused = why == Malformed.H2_FIELD;
    exchange.onMalformedHead(ProxyFailure.request(why));
  }

  void onTrailers(Trailers trailers) {
    endRequest(true);
    exchange.onRequestTrailers(trailers);
  }

  private void endRequest(boolean last) {
    if (last) {
      requestEnded = true;
      bodyDeadline.stop();
    } else if (!paused && !exchangeEnded && tunnel == null) {
      bodyDeadline.start();
    }
  }

  void onReadComplete() {
    read = false;
    exchange.onClientReadComplete();
  }

  /// The client took so much of the body.
  void onSent(int bytes) {
    sendDeadline.onSent(bytes);
  }

  void onWritable() {
    if (connection.isWritable(stream)) {
      sendDeadline.stop();
      exchange.onClientWritable();
    }
  }

  /// The stream is closed, in order or not.
  void onClosed() {
    stream = null;
    bodyDeadline.remove();
    sendDeadline.remove();
    if (requestEnded) {
      exchange.onClientClosed();
    } else {
      exchange.onClientReset();
    }
    recycle();
  }

  /// Whether the client got what it asked for: the whole response, or a tunnel.
  boolean isAnswered() {
    return responseEnded || isOpenTunnel();
  }

  private boolean isOpenTunnel() {
    H2Tunnel asked = tunnel;
    return asked != null && asked.isOpen();
  }

  /// It takes too little of what is sent.
  void stalled() {
    stalled = true;
    if (exchangeEnded) {
      connection.count(ProxyFailure.CLIENT_STALLED);
      abort();
    } else {
      exchange.fail(ProxyFailure.CLIENT_STALLED);
    }
    if (!connection.isOpenForMore()) {
      connection.giveUp();
    }
  }

  // ------------------------------------------------------------------ to the client

  @Override
  public void sendHead(ResponseHead response, @Nullable ByteBuf body, boolean last) {
    if (stream == null || responseEnded) {
      release(body);
      return;
    }
    if (refused) {
      release(body);
      responseEnded = true;
      connection.reset(id, Http2Error.PROTOCOL_ERROR);
      return;
    }
    boolean empty = body == null || !body.isReadable();
    boolean ends = last && empty;
    responseEnded = last;
    ChannelFuture written = connection.writeHead(id, response, ends);
    sent += FRAME_HEADER + connection.headBytes();
    if (ends) {
      stopUpload(written);
    }
    if (empty) {
      release(body);
      if (!last) {
        watchWindow();
      }
    } else if (body != null) {
      write(body, last);
    }
  }

  @Override
  public void sendBody(ByteBuf body, boolean last) {
    if (stream == null || responseEnded || !last && !body.isReadable()) {
      body.release();
      return;
    }
    H2Tunnel through = tunnel;
    if (through != null) {
      through.pass(body);
    }
    responseEnded = last;
    write(body, last);
  }

  @Override
  public void sendTrailers(Trailers trailers) {
    if (stream != null && !responseEnded) {
      responseEnded = true;
      stopUpload(connection.writeTrailers(id, trailers));
    }
  }

  private void write(ByteBuf body, boolean last) {
    sent += FRAME_HEADER + body.readableBytes();
    ChannelFuture written = connection.writeData(id, body, last);
    if (last) {
      stopUpload(written);
    }
    watchWindow();
  }

  /// While the client takes nothing the upstream is not read: without a deadline both would wait.
  private void watchWindow() {
    if (!sendDeadline.isArmed() && !connection.isWritable(stream)) {
      sendDeadline.start();
    }
  }

  /// A response that ended before its request: the client need not go on (RFC 9113 8.1).
  private void stopUpload(ChannelFuture written) {
    if (!requestEnded) {
      int answered = id;
      written.addListener(_ -> connection.resetIfOpen(answered, Http2Error.NO_ERROR));
    }
  }

  private static void release(@Nullable ByteBuf body) {
    if (body != null) {
      body.release();
    }
  }

  @Override
  public void sendContinue() {
    if (stream != null && !responseEnded) {
      connection.writeContinue(id);
    }
  }

  @Override
  public boolean isWritable() {
    return connection.isWritable(stream);
  }

  @Override
  public void pauseRead() {
    paused = true;
    bodyDeadline.stop();
  }

  @Override
  public void resumeRead() {
    paused = false;
    if (!requestEnded && stream != null && tunnel == null) {
      bodyDeadline.start();
    }
    giveCredit();
  }

  private void giveCredit() {
    Http2Stream to = stream;
    if (owed > 0 && to != null) {
      int credit = owed;
      owed = 0;
      connection.consume(to, credit);
    }
  }

  /// A stream ends with its response; the connection serves others.
  @Override
  public void closeBehind() {}

  @Override
  public void abort() {
    if (stream != null) {
      responseEnded = true;
      boolean calm = stalled || isOpenTunnel();
      connection.reset(id, calm ? Http2Error.CANCEL : Http2Error.INTERNAL_ERROR);
    }
  }

  /// Only for who asked by an extended CONNECT, whose success is 200.
  @Override
  public void switchProtocols(ResponseHead response, @Nullable ByteBuf early) {
    H2Tunnel asked = tunnel;
    response.openTunnel(TUNNEL_IS_OPEN);
    sendHead(response, null, false);
    if (asked == null || stream == null || responseEnded) {
      release(early);
      return;
    }
    connection.opened(asked);
    if (early != null) {
      sendBody(early, false);
    }
    asked.open();
    if (!paused) {
      giveCredit();
    }
  }

  @Override
  public int httpVersion() {
    return 20;
  }

  /// Head fields count as they are before they are compressed.
  @Override
  public long bytesSent() {
    return sent;
  }

  @Override
  public void ended() {
    exchangeEnded = true;
    paused = false;
    bodyDeadline.stop();
    H2Tunnel closed = tunnel;
    if (closed != null) {
      closed.close();
      connection.closed(closed);
    }
    // What nobody reads any more must not close the window of the whole connection.
    giveCredit();
    recycle();
  }

  /// Once for each stream: used for two at a time, it would give the answer of one to the other.
  private void recycle() {
    if (exchangeEnded && stream == null && !spare) {
      spare = true;
      tunnel = null;
      connection.recycle(this);
    }
  }
}
