package dev.lintel.proxy.exchange;

import dev.lintel.proxy.failure.ProxyFailure;
import dev.lintel.proxy.loop.Loop;
import dev.lintel.proxy.loop.Timer;
import dev.lintel.proxy.message.HeaderEdits;
import dev.lintel.proxy.message.RequestHead;
import dev.lintel.proxy.message.ResponseHead;
import dev.lintel.proxy.message.SideHeadWriter;
import dev.lintel.proxy.message.Slice;
import dev.lintel.proxy.message.Trailers;
import dev.lintel.proxy.message.Upgrade;
import dev.lintel.proxy.route.RouteSettings;
import dev.lintel.proxy.upstream.Attempts;
import dev.lintel.proxy.upstream.Upstream;
import dev.lintel.proxy.upstream.UpstreamCall;
import dev.lintel.proxy.upstream.UpstreamListener;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A request of the proxy's own beside an exchange: asks another service about it, or tells it. It
/// uses the connections that the exchange's loop keeps to an upstream, and lives on that loop.
///
/// One is made for each request that is sent. Its body, if it has one, is there as a whole; that of
/// the response is read, so that the connection can be used again, and thrown away. All of it,
/// other tries included, ends within a time of its own. Whoever sends it abandons it when the
/// outcome is of no more use.
public final class SideRequest implements UpstreamListener {
  private static final Logger LOG = LoggerFactory.getLogger(SideRequest.class);

  /// What may be read of a response's body for the sake of the connection.
  private static final int MOST_BODY = 64 * 1024;

  private final Loop loop;
  private final Upstream upstream;
  private final Limits limits;
  private final boolean toHead;
  private final SideListener listener;
  private final Attempts attempts = new Attempts();
  private final Timer deadline = new Deadline();
  private final EndpointWait wait = new EndpointWait(() -> attempt(ProxyFailure.NO_ENDPOINT));

  private static final Trailers NO_TRAILERS = new Trailers();

  private @Nullable ByteBuf request;
  private @Nullable ByteBuf body;
  private @Nullable UpstreamCall call;
  private boolean told;

  /// Whether the listener wants to know how the response ended.
  private boolean hears;

  private int received;
  private int status;

  /// How long it may take, in milliseconds.
  ///
  /// @param connect until a connection is there
  /// @param read for which the upstream may be silent
  /// @param all from the first try to the head of the response, and again for its body
  public record Limits(int connect, int read, int all) {
    private static final int LONGEST = 60_000;

    /// What a route says of its own upstream, but no more than a minute of silence: a route that
    /// waits an hour for an event does not wait an hour for this.
    public static Limits of(RouteSettings route) {
      int connect = Math.min(LONGEST, route.connectTimeoutMillis());
      int read = Math.min(LONGEST, route.readTimeoutMillis());
      return new Limits(connect, read, connect + read);
    }
  }

  private SideRequest(
      Loop loop,
      Upstream upstream,
      ByteBuf request,
      @Nullable ByteBuf body,
      boolean toHead,
      Limits limits,
      SideListener listener) {
    this.loop = loop;
    this.upstream = upstream;
    this.request = request;
    this.body = body;
    this.toHead = toHead;
    this.limits = limits;
    this.listener = listener;
  }

  /// Sends a request without a body. The listener may be told before this returns.
  ///
  /// @param request the whole of it as HTTP/1.1 bytes; in the ownership of the callee
  /// @param toHead whether it is a HEAD
  public static SideRequest send(
      Loop loop,
      Upstream to,
      ByteBuf request,
      boolean toHead,
      Limits limits,
      SideListener listener) {
    return send(loop, to, request, null, toHead, limits, listener);
  }

  /// The same with a body.
  ///
  /// @param request the head, which says how long the body is
  /// @param body the whole of it; in the ownership of the callee
  public static SideRequest send(
      Loop loop,
      Upstream to,
      ByteBuf request,
      @Nullable ByteBuf body,
      boolean toHead,
      Limits limits,
      SideListener listener) {
    SideRequest sent = new SideRequest(loop, to, request, body, toHead, limits, listener);
    loop.timers().arm(sent.deadline, loop.nanos(), limits.all());
    sent.attempt(ProxyFailure.NO_ENDPOINT);
    return sent;
  }

  /// The head of such a request, with the fields of the exchange's own: [SideHeadWriter] says
  /// which.
  ///
  /// @return null where it would be longer than any head may be
  public static @Nullable ByteBuf head(
      Exchange exchange, byte[] method, Slice target, HeaderEdits edits) {
    RequestHead head = exchange.request();
    byte[] out = exchange.loop().out();
    if (SideHeadWriter.most(head, method, target, edits) > out.length) {
      return null;
    }
    int length = SideHeadWriter.write(head, method, target, edits, out, 0);
    return exchange.loop().allocator().directBuffer(length).writeBytes(out, 0, length);
  }

  /// Nobody waits for it any more: nothing is told from here on. What has answered already may
  /// still bring its body, since the connection is worth more than that.
  public void abandon() {
    hears = false;
    if (!told) {
      told = true;
      end();
    }
  }

  private void attempt(ProxyFailure otherwise) {
    UpstreamCall leased = upstream.pool(loop).acquire(this, attempts, limits.connect());
    if (leased == null) {
      if (attempts.count() == 0 && wait.begin(upstream.pool(loop), limits.connect())) {
        return;
      }
      fail(otherwise);
      return;
    }
    call = leased;
    if (leased.isConnected()) {
      write(leased);
    }
  }

  private void write(UpstreamCall to) {
    ByteBuf bytes = request;
    if (bytes != null) {
      to.begin(toHead, Upgrade.NONE, limits.read(), limits.read());
      ByteBuf content = body;
      to.write(bytes.retainedDuplicate(), content == null);
      if (content != null) {
        to.write(content.retainedDuplicate(), true);
      }
      to.endRequest();
    }
  }

  private void fail(ProxyFailure why) {
    end();
    if (!told) {
      told = true;
      listener.onSideFailure(why);
    }
    hear(null);
  }

  /// Lets go of everything; a connection in use is closed.
  private void end() {
    wait.end();
    UpstreamCall used = call;
    if (used != null) {
      call = null;
      used.abandon();
    }
    loop.timers().remove(deadline);
    dropRequest();
  }

  private void dropRequest() {
    ByteBuf bytes = request;
    if (bytes != null) {
      request = null;
      bytes.release();
    }
    ByteBuf content = body;
    if (content != null) {
      body = null;
      content.release();
    }
  }

  @Override
  public void onConnected(UpstreamCall connected) {
    write(connected);
  }

  @Override
  public void onResponseHead(ResponseHead head, @Nullable ByteBuf piece, boolean last) {
    dropRequest();
    status = head.status();
    if (!told) {
      told = true;
      hears = true;
      tell(head);
    }
    loop.timers().arm(deadline, loop.nanos(), limits.all());
    if (piece != null) {
      pass(piece, last);
    } else if (last) {
      ended();
      hear(NO_TRAILERS);
    }
  }

  /// A listener that fails must not leave its exchange waiting for ever.
  private void tell(ResponseHead head) {
    try {
      listener.onSideHead(head);
    } catch (RuntimeException e) {
      LOG.error("the answer of {} could not be read", upstream.name(), e);
      hears = false;
      listener.onSideFailure(ProxyFailure.INTERNAL);
    }
  }

  @Override
  public void onResponseBody(ByteBuf piece, boolean last) {
    pass(piece, last);
  }

  private void pass(ByteBuf piece, boolean last) {
    received += piece.readableBytes();
    piece.release();
    if (last) {
      ended();
      hear(NO_TRAILERS);
    } else if (received > MOST_BODY) {
      end();
      hear(null);
    }
  }

  @Override
  public void onResponseTrailers(Trailers trailers) {
    ended();
    hear(trailers);
  }

  private void hear(@Nullable Trailers trailers) {
    if (hears) {
      hears = false;
      listener.onSideEnd(trailers);
    }
  }

  private void ended() {
    call = null; // it is back in its pool already
    attempts.answered(status);
    end();
  }

  @Override
  public void onUpgraded(ResponseHead head, @Nullable ByteBuf early) {
    if (early != null) {
      early.release();
    }
    fail(ProxyFailure.BAD_RESPONSE); // nobody asked for one
  }

  @Override
  public void onUpstreamReadComplete() {}

  @Override
  public void onUpstreamWritable() {}

  @Override
  public void onUpstreamFailure(ProxyFailure failure) {
    UpstreamCall lost = call;
    call = null;
    if (lost != null) {
      attempts.failed(failure, lost);
    }
    if (told || lost == null || attempts.count() >= Attempts.MOST) {
      fail(failure);
    } else if (failure.retry() == ProxyFailure.Retry.ALWAYS) {
      if (failure == ProxyFailure.UPSTREAM_REFUSED) {
        attempts.allowRepeat();
      }
      attempt(failure);
    } else if (failure == ProxyFailure.UPSTREAM_CLOSED
        && lost.isReused()
        && !lost.hasResponseBytes()
        && listener.mayRepeat()) {
      // Closed while it was idle, as a rule; the next try has one that is new.
      attempts.avoidOld();
      attempt(failure);
    } else {
      fail(failure);
    }
  }

  private final class Deadline extends Timer {
    @Override
    protected void onTimeout() {
      fail(ProxyFailure.UPSTREAM_READ_TIMEOUT);
    }
  }
}
