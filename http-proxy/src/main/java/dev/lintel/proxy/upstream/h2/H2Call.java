package dev.lintel.proxy.upstream.h2;

import dev.lintel.proxy.failure.ProxyFailure;
import dev.lintel.proxy.loop.Loop;
import dev.lintel.proxy.message.BodyFraming;
import dev.lintel.proxy.message.Malformed;
import dev.lintel.proxy.message.ResponseHead;
import dev.lintel.proxy.message.Trailers;
import dev.lintel.proxy.message.Upgrade;
import dev.lintel.proxy.message.h2.H2Trailers;
import dev.lintel.proxy.upstream.CallTimer;
import dev.lintel.proxy.upstream.Endpoint;
import dev.lintel.proxy.upstream.UpstreamCall;
import dev.lintel.proxy.upstream.UpstreamListener;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Stream;
import org.jspecify.annotations.Nullable;

/// One request on a connection that is shared: it waits for a place, then it is a stream.
///
/// What its user does not take stays unacknowledged, so that the upstream's window closes; what the
/// upstream does not take waits in the flow controller, and the user sees that the call is not
/// writable.
///
/// Longer than 400 lines because all that may happen in each of a call's states is best read in one
/// place.
final class H2Call implements UpstreamCall {
  private static final int WAITING = 0;
  private static final int PLACED = 1;
  private static final int HEAD = 2;
  private static final int BODY = 3;
  private static final int DONE = 4;

  private static final int MOST_INTERIM = 10;
  private static final int SWITCHING_PROTOCOLS = 101;

  private final H2Endpoint home;
  private final CallTimer timer;
  private @Nullable UpstreamListener listener;
  private @Nullable H2UpstreamConnection connection;
  private @Nullable Http2Stream stream;
  private int state = WAITING;
  private int connectMillis;
  private int interim;
  private int owed;
  private boolean webSocket;
  private boolean tunnel;
  private boolean outputEnded;
  private boolean toHead;
  private boolean bodiless;
  private boolean requestEnded;
  private boolean responseBegun;
  private boolean reused;
  private boolean refused;
  private boolean paused;
  private boolean read;

  /// Whether a place is kept for a stream that does not exist yet.
  private boolean holdsPlace;

  H2Call(H2Endpoint home, UpstreamListener listener) {
    this.home = home;
    this.listener = listener;
    this.timer = new Deadline(home.loop);
  }

  // ------------------------------------------------------------------ its place

  /// Waits for a place.
  void await(int timeoutMillis) {
    connectMillis = timeoutMillis;
    timer.start(timeoutMillis);
  }

  int connectTimeoutMillis() {
    return connectMillis;
  }

  /// Has a place from here on.
  void attach(H2UpstreamConnection to) {
    connection = to;
    to.reserve();
    holdsPlace = true;
    reused = to.isReused();
    state = PLACED;
    timer.stop();
  }

  /// Has a place after it waited.
  void connected(H2UpstreamConnection to) {
    attach(to);
    UpstreamListener user = listener;
    if (user != null) {
      user.onConnected(this);
    }
  }

  // ------------------------------------------------------------------ what its user calls

  @Override
  public Endpoint endpoint() {
    return home.endpoint;
  }

  @Override
  public boolean isConnected() {
    return state != WAITING && state != DONE;
  }

  @Override
  public boolean isReused() {
    return reused;
  }

  @Override
  public boolean hasResponseBytes() {
    return responseBegun;
  }

  /// A WebSocket becomes an extended CONNECT (RFC 8441 4); other upgrades are not asked for.
  @Override
  public void begin(boolean answersHead, Upgrade upgrade, int readMillis, int sendMillis) {
    webSocket = upgrade == Upgrade.WEBSOCKET;
    toHead = answersHead;
    timer.begin(readMillis, sendMillis);
    state = HEAD;
  }

  boolean asksForTunnel() {
    return webSocket;
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
    H2UpstreamConnection to = connection;
    if (to == null || state != HEAD && state != BODY) {
      bytes.release();
      return;
    }
    Http2Stream open = stream;
    if (open == null && webSocket && !to.opensTunnels()) {
      bytes.release();
      fail(ProxyFailure.NO_WEBSOCKET);
      return;
    }
    if (open == null) {
      holdsPlace = false;
      open = to.begin(this, bytes, last && !webSocket);
      bytes.release();
      if (open == null) {
        fail(ProxyFailure.UPSTREAM_REFUSED);
        return;
      }
      stream = open;
    } else if (last || bytes.isReadable()) {
      to.writeData(open, bytes, last);
    } else {
      bytes.release();
    }
    if (!requestEnded && state == HEAD && !timer.isArmed() && !to.isWritable(open)) {
      timer.awaitSend();
    }
  }

  @Override
  public void writeTrailers(Trailers trailers) {
    H2UpstreamConnection to = connection;
    Http2Stream open = stream;
    if (to != null && open != null && (state == HEAD || state == BODY)) {
      to.writeTrailers(open, H2Trailers.write(trailers));
    }
  }

  @Override
  public void endRequest() {
    requestEnded = true;
    if (state == HEAD) {
      awaitRead();
    }
  }

  @Override
  public void touch() {
    awaitRead();
  }

  @Override
  public void closeOutput() {
    outputEnded = true;
    write(Unpooled.EMPTY_BUFFER, true);
  }

  @Override
  public boolean isWritable() {
    H2UpstreamConnection to = connection;
    Http2Stream open = stream;
    return to != null && open != null && to.isWritable(open);
  }

  @Override
  public void pauseRead() {
    if (state == HEAD || state == BODY) {
      paused = true;
      timer.stop();
    }
  }

  @Override
  public void resumeRead() {
    if (paused) {
      paused = false;
      awaitRead();
      giveCredit();
    }
  }

  @Override
  public void abandon() {
    if (state == WAITING) {
      home.forget(this);
    }
    if (tunnel && !outputEnded) {
      closeOutput();
    }
    end(Http2Error.CANCEL);
  }

  @Override
  public void reset() {
    end(Http2Error.CANCEL);
  }

  // ------------------------------------------------------------------ from the upstream

  void onHeaders(Http2Headers fields, boolean last) {
    H2UpstreamConnection from = connection;
    if (from == null || listener == null) {
      return;
    }
    from.heard();
    responseBegun = true;
    if (state == BODY) {
      onTrailers(fields, last);
      return;
    }
    ResponseHead head = from.reader().head();
    Malformed why = from.reader().read(fields, last, toHead, home.loop.in());
    if (why == null && head.isInterim() && (last || ++interim > MOST_INTERIM)) {
      why = Malformed.H2_FIELD;
    }
    if (why != null) {
      refuse(ProxyFailure.response(why));
      return;
    }
    if (head.isInterim()) {
      awaitRead();
      return;
    }
    state = BODY;
    bodiless = head.framing() == BodyFraming.NONE;
    awaitRead();
    if (webSocket && head.status() / 100 == 2) {
      onTunnel(head, last);
      return;
    }
    UpstreamListener user = last ? complete() : listener;
    if (user != null) {
      user.onResponseHead(head, null, last);
    }
  }

  /// Any success opens the tunnel (RFC 8441 5).
  private void onTunnel(ResponseHead head, boolean last) {
    tunnel = true;
    bodiless = false;
    head.openTunnel(SWITCHING_PROTOCOLS);
    UpstreamListener user = listener;
    if (user != null) {
      user.onUpgraded(head, null);
    }
    if (last) {
      endTunnel();
    }
  }

  private void endTunnel() {
    UpstreamListener user = complete();
    if (user != null) {
      user.onResponseBody(Unpooled.EMPTY_BUFFER, true);
    }
  }

  private void onTrailers(Http2Headers fields, boolean last) {
    Trailers trailers = last && !tunnel ? H2Trailers.read(fields) : null;
    if (trailers == null) {
      refuse(ProxyFailure.RESPONSE_CUT);
      return;
    }
    UpstreamListener user = complete();
    if (user == null) {
      return;
    }
    if (trailers.count() == 0) {
      user.onResponseBody(Unpooled.EMPTY_BUFFER, true);
    } else {
      user.onResponseTrailers(trailers);
    }
  }

  /// A piece of the body; `padding` bytes count against the window as well. Returns how many bytes
  /// may come in their place at once: none of those that someone has yet to take.
  int onData(ByteBuf data, int padding, boolean last) {
    int bytes = data.readableBytes() + padding;
    H2UpstreamConnection from = connection;
    if (from == null || listener == null) {
      return bytes;
    }
    from.heard();
    if (state != BODY || bodiless && data.isReadable()) {
      onFault();
      return bytes;
    }
    awaitRead();
    if (!last && !read) {
      read = true;
      from.wasRead(this);
    }
    owed += last ? 0 : bytes;
    UpstreamListener user = last ? complete() : listener;
    if (user != null) {
      user.onResponseBody(copy(data), last);
    }
    return last ? bytes : 0;
  }

  /// A piece may wait for its client, and would keep all of the read that it came in, and what that
  /// was joined to, for as long.
  private ByteBuf copy(ByteBuf data) {
    int length = data.readableBytes();
    if (length == 0) {
      return Unpooled.EMPTY_BUFFER;
    }
    return home.loop.allocator().directBuffer(length).writeBytes(data, data.readerIndex(), length);
  }

  void onReadComplete() {
    read = false;
    UpstreamListener user = listener;
    if (user != null) {
      user.onUpstreamReadComplete();
    }
    if (!paused) {
      giveCredit();
    }
  }

  private void giveCredit() {
    Http2Stream open = stream;
    H2UpstreamConnection to = connection;
    if (owed > 0 && open != null && to != null && state != DONE) {
      int credit = owed;
      owed = 0;
      to.consume(open, credit);
    }
  }

  void onWritable() {
    UpstreamListener user = listener;
    if (user != null && isWritable()) {
      if (!requestEnded && state == HEAD) {
        timer.stop();
      }
      user.onUpstreamWritable();
    }
  }

  /// A frame was not what it must be.
  void onFault() {
    refuse(state == BODY ? ProxyFailure.RESPONSE_CUT : ProxyFailure.BAD_RESPONSE);
  }

  void onReset(long error) {
    refused = error == Http2Error.REFUSED_STREAM.code();
    reused = false; // what was done to this very stream has nothing to do with an old connection
  }

  /// The stream is gone before the response was complete.
  ///
  /// @param unseen whether the upstream said that it did not look at it
  void onClosed(boolean unseen) {
    H2UpstreamConnection from = connection;
    if (state == DONE || from == null) {
      return;
    }
    stream = null;
    if (state == BODY) {
      fail(ProxyFailure.RESPONSE_CUT);
    } else if (unseen || refused) {
      fail(ProxyFailure.UPSTREAM_REFUSED);
    } else {
      fail(from.isBroken() ? ProxyFailure.BAD_RESPONSE : ProxyFailure.UPSTREAM_CLOSED);
    }
  }

  // ------------------------------------------------------------------ ends

  private void awaitRead() {
    if (!paused && (requestEnded || state == BODY)) {
      timer.awaitRead();
    }
  }

  /// The response has ended. What is left of the request is of no use any more (RFC 9113 8.1).
  ///
  /// @return who is to be told of the end
  private @Nullable UpstreamListener complete() {
    UpstreamListener user = listener;
    H2UpstreamConnection to = connection;
    Http2Stream open = stream;
    boolean unsent = to != null && open != null && to.holds(open);
    boolean halfOpen = webSocket ? !outputEnded : !requestEnded;
    end(halfOpen || unsent ? Http2Error.CANCEL : null);
    return user;
  }

  /// The upstream said what it must not.
  private void refuse(ProxyFailure failure) {
    UpstreamListener user = listener;
    end(Http2Error.PROTOCOL_ERROR);
    if (user != null) {
      user.onUpstreamFailure(failure);
    }
  }

  void fail(ProxyFailure failure) {
    UpstreamListener user = listener;
    end(Http2Error.CANCEL);
    if (user != null) {
      user.onUpstreamFailure(failure);
    }
  }

  /// Ends the call, and the stream where there is a code to reset it with.
  private void end(@Nullable Http2Error error) {
    if (state == DONE) {
      return;
    }
    H2UpstreamConnection from = connection;
    Http2Stream open = stream;
    state = DONE;
    listener = null;
    timer.remove();
    if (from == null) {
      return;
    }
    if (open != null && error != null) {
      from.reset(open, error);
    } else if (holdsPlace) {
      holdsPlace = false;
      from.giveBack();
    }
  }

  private void onTimeout() {
    switch (state) {
      case WAITING -> {
        home.forget(this);
        fail(ProxyFailure.CONNECT_TIMEOUT);
      }
      case HEAD -> fail(CallTimer.late(requestEnded));
      default -> {
        if (tunnel) {
          endTunnel();
        } else {
          fail(ProxyFailure.UPSTREAM_READ_TIMEOUT);
        }
      }
    }
  }

  private final class Deadline extends CallTimer {
    Deadline(Loop loop) {
      super(loop);
    }

    @Override
    protected void onTimeout() {
      H2Call.this.onTimeout();
    }
  }
}
