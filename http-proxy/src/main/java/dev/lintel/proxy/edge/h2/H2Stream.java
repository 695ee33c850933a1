package dev.lintel.proxy.edge.h2;

import dev.lintel.proxy.ProxySettings;
import dev.lintel.proxy.edge.PacedStream;
import dev.lintel.proxy.edge.StreamPace;
import dev.lintel.proxy.exchange.ClientSide;
import dev.lintel.proxy.exchange.Exchange;
import dev.lintel.proxy.failure.ProxyFailure;
import dev.lintel.proxy.loop.SocketOptions;
import dev.lintel.proxy.loop.Timer;
import dev.lintel.proxy.message.Malformed;
import dev.lintel.proxy.message.RequestHead;
import dev.lintel.proxy.message.ResponseHead;
import dev.lintel.proxy.message.Trailers;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Stream;
import org.jspecify.annotations.Nullable;

/// The client's side of one request of an HTTP/2 connection; used again for a later one, of any
/// connection of its loop, with its exchange, once both the stream and the exchange have ended.
///
/// What the exchange does not take stays unacknowledged, so that the client's window closes; what
/// the client does not take waits in the flow controller, and the exchange sees that the stream is
/// not writable.
///
/// Longer than 400 lines because what client and exchange may do in each of a stream's states is
/// best read in one place.
final class H2Stream implements ClientSide, PacedStream {
  private static final int FRAME_HEADER = 9;
  private static final int TUNNEL_IS_OPEN = 200;

  private final RequestHead head = new RequestHead();
  private final Exchange exchange;
  private final StreamPace pace;
  private final Timer linger =
      new Timer() {
        @Override
        protected void onTimeout() {
          connection.resetIfOpen(id, Http2Error.NO_ERROR);
        }
      };

  private H2Connection connection;
  private @Nullable Http2Stream stream;
  private @Nullable H2Tunnel tunnel;
  private int id;
  private boolean requestEnded;
  private boolean responseEnded;
  private boolean whole;
  private boolean exchangeEnded = true;
  private boolean spare;
  private boolean paused;
  private boolean read;
  private boolean refused;
  private boolean stalled;

  /// Whether the exchange waits for bytes to go out.
  private boolean full;

  private int owed;
  private long sent;

  H2Stream(H2Connection connection) {
    this.connection = connection;
    this.exchange = new Exchange(connection.client(), this, head);
    this.pace = new StreamPace(connection.loop(), this, exchange);
  }

  /// Begins with a stream; its request is not read yet.
  void begin(H2Connection connection, Http2Stream stream, boolean last) {
    this.connection = connection;
    this.stream = stream;
    exchange.serve(connection.client());
    spare = false;
    id = stream.id();
    requestEnded = last;
    responseEnded = false;
    whole = false;
    exchangeEnded = false;
    paused = false;
    // The connection before this one may have ended within a read.
    read = false;
    refused = false;
    stalled = false;
    full = false;
    owed = 0;
    sent = 0;
    pace.begin();
    if (!last) {
      pace.owesBody();
    }
  }

  /// What comes behind the head is not a body: a tunnel is asked for.
  void askForTunnel() {
    tunnel = new H2Tunnel(this, connection.loop(), requestEnded);
    pace.owesNothing();
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
    pace.received(data.readableBytes());
    endRequest(last);
    if (exchangeEnded) {
      return linger.isArmed() ? 0 : bytes;
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
      pace.owesNothing();
    } else if (!paused && !exchangeEnded && tunnel == null) {
      pace.owesBody();
    }
  }

  void onReadComplete() {
    read = false;
    exchange.onClientReadComplete();
  }

  /// The client took so much of the body.
  void onSent(int bytes) {
    pace.taken(bytes);
    if (full && pace.waiting() <= SocketOptions.LOW && connection.isWritable(stream)) {
      full = false;
      exchange.onClientWritable();
    }
  }

  void onWritable() {
    if (connection.isWritable(stream)) {
      pace.flowing();
      full = pace.waiting() >= SocketOptions.HIGH;
      if (!full) {
        exchange.onClientWritable();
      }
    }
  }

  /// The stream is closed, in order or not.
  void onClosed() {
    stream = null;
    pace.remove();
    connection.loop().timers().remove(linger);
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

  @Override
  public ProxySettings settings() {
    return connection.settings();
  }

  @Override
  public boolean isOpenForMore() {
    return connection.isOpenForMore();
  }

  @Override
  public long acknowledged() {
    return connection.acknowledged();
  }

  @Override
  public boolean maySend() {
    Http2Stream open = stream;
    return open != null && connection.maySend(open);
  }

  @Override
  public boolean hurriesDownload() {
    return exchangeEnded || exchange.hurriesDownload();
  }

  @Override
  public void stalled() {
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
    responseEnded = last;
    if (last && requestEnded && body != null && sendWhole(stream, response, body)) {
      return;
    }
    boolean empty = body == null || !body.isReadable();
    boolean ends = last && empty;
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

  private boolean sendWhole(Http2Stream to, ResponseHead response, ByteBuf body) {
    int bytes = body.readableBytes();
    whole = connection.writeWhole(to, response, body);
    if (whole) {
      sent += (bytes == 0 ? 1 : 2) * FRAME_HEADER + connection.headBytes() + bytes;
    }
    return whole;
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
    pace.written(body.readableBytes());
    ChannelFuture written = connection.writeData(id, body, last);
    if (last) {
      stopUpload(written);
    }
    watchWindow();
  }

  /// While the client takes nothing the upstream is not read: without a deadline both would wait.
  private void watchWindow() {
    if (!connection.isWritable(stream)) {
      pace.stalled();
    }
  }

  /// A response that ended before its request: the client need not go on (RFC 9113 8.1), which it
  /// is told once it had the time to see the response.
  private void stopUpload(ChannelFuture written) {
    Http2Stream answered = stream;
    if (!requestEnded && answered != null) {
      written.addListener(
          _ -> {
            if (isOf(answered)) {
              connection.arm(linger, H2Limits.LINGER_MILLIS);
            }
          });
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

  /// Not while much of it waits for its turn either: the socket may seem to take more, since what
  /// waits is written to it only when all sockets were read.
  @Override
  public boolean isWritable() {
    if (pace.waiting() >= SocketOptions.HIGH) {
      // However wide the client's window is.
      full = true;
      return false;
    }
    return connection.isWritable(stream);
  }

  @Override
  public boolean isTaking() {
    return connection.isWritable(stream);
  }

  @Override
  public void pauseRead() {
    paused = true;
    pace.owesNothing();
  }

  @Override
  public void resumeRead() {
    paused = false;
    if (!requestEnded && stream != null && tunnel == null) {
      pace.owesBody();
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
    pace.owesNothing();
    H2Tunnel closed = tunnel;
    if (closed != null) {
      closed.close();
      connection.closed(closed);
    }
    // What nobody reads any more must not close the window of the whole connection.
    giveCredit();
    Http2Stream written = stream;
    if (whole && written != null) {
      connection.end(written);
    }
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
