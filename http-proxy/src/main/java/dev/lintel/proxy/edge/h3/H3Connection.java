package dev.lintel.proxy.edge.h3;

import dev.lintel.proxy.ProxySettings;
import dev.lintel.proxy.edge.ServerState;
import dev.lintel.proxy.edge.h2.H2HeadReader;
import dev.lintel.proxy.exchange.ClientAddress;
import dev.lintel.proxy.exchange.ClientConnection;
import dev.lintel.proxy.exchange.LongLived;
import dev.lintel.proxy.failure.ProxyFailure;
import dev.lintel.proxy.loop.Loop;
import dev.lintel.proxy.loop.Timer;
import dev.lintel.proxy.message.Malformed;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http3.DefaultHttp3GoAwayFrame;
import io.netty.handler.codec.http3.Http3;
import io.netty.handler.codec.http3.Http3ErrorCode;
import io.netty.handler.codec.quic.QuicChannel;
import io.netty.handler.codec.quic.QuicConnectionStats;
import io.netty.handler.codec.quic.QuicPathEvent;
import io.netty.handler.codec.quic.QuicStreamChannel;
import io.netty.util.concurrent.Future;
import java.net.InetSocketAddress;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One HTTP/3 connection of a client, on one loop: the last handler of its pipeline, behind the
/// library's own.
final class H3Connection extends ChannelInboundHandlerAdapter implements LongLived {
  private static final Logger LOG = LoggerFactory.getLogger(H3Connection.class);

  /// Between the GOAWAY that lets requests under way still come in and the one that does not.
  private static final long GRACE_MILLIS = 1_000;

  /// The highest id that a stream with a request can have (RFC 9114 5.2).
  private static final long ANY_STREAM = (1L << 62) - 4;

  private static final int STREAM_STEP = 4;

  /// What was handed to QUIC is with the client when nothing had to be sent for so long.
  private static final int QUIET_MILLIS = 300;

  private static final int MOST_QUIET_LOOKS = 17;

  private final ServerState server;
  private final ClientConnection client;
  private final QuicChannel channel;
  private final Loop loop;
  private final H3Budget budget;
  private final H2HeadReader reader = new H2HeadReader();
  private final H3HeadWriter writer = new H3HeadWriter();
  private final Timer clock = new Clock();
  private final ClientPorts ports;
  private final InetSocketAddress home;
  private ClientPorts.@Nullable Client moved;
  private int moves;
  private boolean active;
  private boolean draining;
  private boolean refusesMore;
  private boolean lingering;
  private boolean left;
  private long next;
  private int open;
  private int served;

  /// @param ports of the socket that the client was met at
  H3Connection(
      ServerState server, ClientConnection client, QuicChannel channel, ClientPorts ports) {
    this.server = server;
    this.client = client;
    this.channel = channel;
    this.ports = ports;
    this.home = (InetSocketAddress) Objects.requireNonNull(channel.remoteSocketAddress());
    ports.arrived(home);
    this.loop = client.loop();
    this.budget = new H3Budget(loop);
  }

  // ------------------------------------------------------------------ the connection

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    client.traffic().add(this);
    arm(clock, H3Limits.HANDSHAKE_MILLIS);
  }

  /// The handshake is over.
  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    active = true;
    becomeIdle();
    ctx.fireChannelActive();
    if (client.traffic().isReuseDiscouraged() || !server.config().settings().http3()) {
      discourageReuse();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    end();
    ctx.fireChannelInactive();
  }

  /// Connections that were closed before they were ready have no other end.
  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    end();
  }

  private void end() {
    if (left) {
      return;
    }
    left = true;
    if (!active) {
      client.traffic().counts().onHandshakeFailed();
    }
    if (lingering) {
      client.traffic().delivered();
    }
    client.traffic().remove(this);
    loop.timers().remove(clock);
    if (moved != null) {
      ports.left(moved);
    }
  }

  /// A client may come from another port, as the box between it and us likes; with another address
  /// it would not be the one that limits and lists of addresses were told about.
  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof QuicPathEvent path) {
      if (!isKnown(path.remote())) {
        close(Http3ErrorCode.H3_NO_ERROR);
      } else if (path instanceof QuicPathEvent.New) {
        onMove(path.remote());
      } else if (path instanceof QuicPathEvent.PeerMigrated) {
        moved = ports.moved(moved, channel, home, null);
      }
    }
    ctx.fireUserEventTriggered(event);
  }

  /// Every port that a client has had takes one of its ids up, until the connection ends.
  private void onMove(InetSocketAddress path) {
    moved = ports.moved(moved, channel, home, path);
    moves++;
    if (moves >= H3Limits.PORTS) {
      close(Http3ErrorCode.H3_NO_ERROR);
    } else if (moves >= H3Limits.PORTS / 2) {
      discourageReuse();
    }
  }

  private boolean isKnown(InetSocketAddress remote) {
    ClientAddress now = ClientAddress.of(remote.getAddress());
    ClientAddress first = client.address();
    return now.high() == first.high() && now.low() == first.low();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    LOG.debug("a connection of {} failed: {}", client.address(), cause.toString());
  }

  Loop loop() {
    return loop;
  }

  ClientConnection client() {
    return client;
  }

  ServerState server() {
    return server;
  }

  ProxySettings settings() {
    return server.config().settings();
  }

  H2HeadReader reader() {
    return reader;
  }

  H3HeadWriter writer() {
    return writer;
  }

  H3Budget budget() {
    return budget;
  }

  void arm(Timer timer, long millis) {
    loop.timers().arm(timer, loop.nanos(), millis);
  }

  /// Counts what is no finished request.
  void count(ProxyFailure failure) {
    client.traffic().counts().onFailure(failure);
  }

  // ------------------------------------------------------------------ streams

  /// A stream for a request begins; false where it comes too late.
  boolean opened(QuicStreamChannel stream) {
    open++;
    if (refusesMore && stream.streamId() >= next) {
      return false;
    }
    next = Math.max(next, stream.streamId() + STREAM_STEP);
    loop.timers().cancel(clock);
    return true;
  }

  /// A head has come.
  void onRequest() {
    budget.onRequest();
    ProxySettings settings = settings();
    if (++served >= settings.http2Requests() || !settings.http3()) {
      discourageReuse();
    }
  }

  void closed() {
    if (--open > 0) {
      return;
    }
    if (refusesMore) {
      linger();
    } else {
      becomeIdle();
    }
  }

  private void becomeIdle() {
    arm(clock, client.traffic().idleMillis(settings().keepAliveMillis()));
  }

  /// A client that does too much of something is sent away, with all that is under way.
  void leave(Malformed why) {
    count(ProxyFailure.request(why));
    close(Http3ErrorCode.H3_EXCESSIVE_LOAD);
  }

  private void close(Http3ErrorCode code) {
    channel.close(true, code.code(), Unpooled.EMPTY_BUFFER);
  }

  // ------------------------------------------------------------------ the end

  /// Tells the client to make a new connection: requests that are under way are still served, then
  /// this one closes.
  @Override
  public void discourageReuse() {
    if (!active || draining) {
      return;
    }
    draining = true;
    goAway(ANY_STREAM);
    loop.eventLoop().schedule(this::refuseMore, GRACE_MILLIS, TimeUnit.MILLISECONDS);
  }

  /// Streams are requests, which are waited for.
  @Override
  public void closeForShutdown() {}

  private void refuseMore() {
    if (left || refusesMore) {
      return;
    }
    draining = true;
    refusesMore = true;
    goAway(next);
    if (open == 0) {
      linger();
    }
  }

  private void goAway(long firstUnserved) {
    QuicStreamChannel control = Http3.getLocalControlStream(channel);
    if (control != null) {
      control.writeAndFlush(new DefaultHttp3GoAwayFrame(firstUnserved));
    }
  }

  /// What was handed to QUIC would be lost with the connection: it waits until nothing is sent any
  /// more.
  private void linger() {
    if (lingering || left) {
      return;
    }
    lingering = true;
    client.traffic().delivers();
    look(-1, 0);
  }

  private void look(long sentBefore, int looks) {
    channel
        .collectStats()
        .addListener((Future<QuicConnectionStats> stats) -> judge(stats, sentBefore, looks));
  }

  private void judge(Future<QuicConnectionStats> stats, long sentBefore, int looks) {
    QuicConnectionStats now = stats.isSuccess() ? stats.getNow() : null;
    if (left || now == null || now.sent() == sentBefore || looks >= MOST_QUIET_LOOKS) {
      close(Http3ErrorCode.H3_NO_ERROR);
      return;
    }
    loop.eventLoop()
        .schedule(() -> look(now.sent(), looks + 1), QUIET_MILLIS, TimeUnit.MILLISECONDS);
  }

  /// The handshake first, then the time without requests.
  private final class Clock extends Timer {
    @Override
    protected boolean isIdle() {
      return active;
    }

    @Override
    protected void onTimeout() {
      if (active) {
        refuseMore();
      } else {
        close(Http3ErrorCode.H3_NO_ERROR);
      }
    }
  }
}
