package dev.lintel.proxy.edge.h2;

import dev.lintel.proxy.exchange.ClientSide;
import dev.lintel.proxy.message.RequestHead;
import dev.lintel.proxy.message.ResponseHead;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Stream;
import org.jspecify.annotations.Nullable;

/// One request of an HTTP/2 connection and the way back to its client.
///
/// What the exchange does not take stays unacknowledged, so that the client's window closes; what
/// the client does not take waits in the flow controller, and the exchange sees that the stream is
/// not writable.
public final class H2Stream implements ClientSide, ChannelFutureListener {
  private final H2Connection connection;
  private final Http2Stream stream;
  private final RequestHead head;

  private @Nullable H2RequestListener listener;
  private boolean requestEnded;
  private boolean responseEnded;
  private boolean closed;
  private boolean paused;
  private boolean blocked;
  private int owed;

  H2Stream(H2Connection connection, Http2Stream stream, RequestHead head) {
    this.connection = connection;
    this.stream = stream;
    this.head = head;
  }

  /// The head of the request: holds while the request is told, and for good once it is detached.
  /// The next request of the connection uses the same one otherwise.
  public RequestHead head() {
    return head;
  }

  /// Its number within the connection.
  public int id() {
    return stream.id();
  }

  // ------------------------------------------------------------------ from the client

  void listener(H2RequestListener listener) {
    this.listener = listener;
  }

  void endRequest() {
    requestEnded = true;
  }

  /// A piece of the body; `padding` bytes count against the window as well. Returns how many bytes
  /// the client may send in their place now.
  int onData(ByteBuf data, int padding, boolean last) {
    int bytes = data.readableBytes() + padding;
    requestEnded |= last;
    H2RequestListener to = listener;
    if (to == null || responseEnded || closed) {
      return bytes;
    }
    // A pause in the call below holds back these bytes as well.
    owed += bytes;
    to.onRequestBody(data.retain(), last);
    if (paused) {
      return 0;
    }
    int credit = owed;
    owed = 0;
    return credit;
  }

  void onTrailers() {
    requestEnded = true;
    H2RequestListener to = listener;
    if (to != null && !responseEnded && !closed) {
      to.onRequestBody(Unpooled.EMPTY_BUFFER, true);
    }
  }

  void onWritabilityChanged() {
    H2RequestListener to = listener;
    if (blocked && to != null && !responseEnded && !closed && isWritable()) {
      to.onClientWritable();
    }
  }

  void onClosed() {
    closed = true;
    H2RequestListener to = listener;
    if (to != null && !responseEnded) {
      responseEnded = true;
      to.onClientClosed();
    }
  }

  /// Whether it came to an end that the client wanted.
  boolean isAnswered() {
    return responseEnded && !closed;
  }

  // ------------------------------------------------------------------ to the client

  @Override
  public void sendHead(ResponseHead response, @Nullable ByteBuf body, boolean last) {
    if (closed || responseEnded) {
      release(body);
      return;
    }
    boolean empty = body == null || !body.isReadable();
    boolean ends = last && empty;
    responseEnded = last;
    ChannelFuture written = connection.writeHead(stream.id(), response, ends);
    if (ends) {
      end(written);
    }
    if (empty) {
      release(body);
    } else if (body != null) {
      write(body, last);
    }
  }

  @Override
  public void sendBody(ByteBuf body, boolean last) {
    if (closed || responseEnded) {
      body.release();
      return;
    }
    responseEnded = last;
    if (last || body.isReadable()) {
      write(body, last);
    } else {
      body.release();
    }
  }

  private void write(ByteBuf body, boolean last) {
    ChannelFuture written = connection.writeData(stream.id(), body, last);
    if (last) {
      end(written);
    }
  }

  /// A response that ended before its request: the client need not go on (RFC 9113 8.1).
  private void end(ChannelFuture written) {
    if (!requestEnded) {
      written.addListener(this);
    }
  }

  /// The end of the response was written.
  @Override
  public void operationComplete(ChannelFuture future) {
    if (!requestEnded && !closed) {
      connection.reset(stream.id(), Http2Error.NO_ERROR);
    }
  }

  private static void release(@Nullable ByteBuf body) {
    if (body != null) {
      body.release();
    }
  }

  @Override
  public void sendContinue() {
    if (!closed && !responseEnded) {
      connection.writeContinue(stream.id());
    }
  }

  @Override
  public void flushLater() {
    connection.flushLater();
  }

  @Override
  public boolean isWritable() {
    boolean writable = !closed && connection.isWritable(stream);
    blocked = !writable;
    return writable;
  }

  @Override
  public void pauseRead() {
    paused = true;
  }

  @Override
  public void resumeRead() {
    paused = false;
    if (owed > 0 && !closed) {
      int credit = owed;
      owed = 0;
      connection.consume(stream, credit);
    }
  }

  @Override
  public void abort() {
    if (!closed) {
      responseEnded = true;
      connection.reset(stream.id(), Http2Error.INTERNAL_ERROR);
    }
  }

  /// HTTP/2 streams do not change protocols: nobody asks for it, since requests that come this way
  /// never carry an upgrade.
  @Override
  public void switchProtocols(ResponseHead response, @Nullable ByteBuf early) {
    release(early);
    abort();
  }

  @Override
  public boolean mayReuse() {
    return !connection.isDraining();
  }
}
