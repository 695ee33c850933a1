package dev.lintel.proxy.l4;

import dev.lintel.proxy.exchange.LongLived;
import dev.lintel.proxy.exchange.LoopTraffic;
import dev.lintel.proxy.failure.ProxyFailure;
import dev.lintel.proxy.loop.Loop;
import dev.lintel.proxy.loop.SocketOptions;
import dev.lintel.proxy.loop.Timer;
import dev.lintel.proxy.upstream.Endpoint;
import dev.lintel.proxy.upstream.EndpointSet;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import java.net.InetSocketAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One connection of a client that is passed on as it comes, and the connection to an endpoint that
/// it is passed on over. Used on its loop only.
///
/// Nothing is read from the client before an endpoint has accepted; what came before is kept. What
/// one side does not take is not read from the other. The end of one direction is passed on behind
/// its last byte, the other direction goes on (nginx ends both at once); a reset is passed on as a
/// reset, for a peer could take a clean end for the end of the data.
public final class StreamSession implements LongLived {
  private static final Logger LOG = LoggerFactory.getLogger(StreamSession.class);

  private final LoopTraffic traffic;
  private final Loop loop;
  private final StreamTarget target;
  private final StreamRules rules;
  private final InetSocketAddress source;
  private final InetSocketAddress destination;
  private final Side client;
  private final Endpoint[] tried;
  private final int first;
  private final long begin;
  private final Timer idle =
      new Timer() {
        @Override
        protected void onTimeout() {
          abort();
        }
      };
  private @Nullable Side upstream;
  private @Nullable ByteBuf early;
  private int tries;
  private boolean ended;

  private StreamSession(
      Channel channel,
      LoopTraffic traffic,
      StreamTarget target,
      StreamRules rules,
      InetSocketAddress source,
      InetSocketAddress destination) {
    this.traffic = traffic;
    this.loop = traffic.loop();
    this.target = target;
    this.rules = rules;
    this.source = source;
    this.destination = destination;
    this.client = new Side(channel);
    this.tried = new Endpoint[rules.tries()];
    this.first = target.upstream().nextTurn();
    this.begin = System.nanoTime();
  }

  /// Passes on what a connection brings from now on.
  ///
  /// @param channel accepted by the loop of `traffic`; the session is the last of its handlers
  /// @param source the client
  /// @param destination what it connected to
  public static void begin(
      Channel channel,
      LoopTraffic traffic,
      StreamTarget target,
      StreamRules rules,
      InetSocketAddress source,
      InetSocketAddress destination) {
    StreamSession session = new StreamSession(channel, traffic, target, rules, source, destination);
    channel.config().setAutoRead(false);
    channel.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
    channel.pipeline().addLast(session.client);
    traffic.sessionBegun(session);
    session.touch();
    session.tryNext();
  }

  // ------------------------------------------------------------------ the way to an endpoint

  private void tryNext() {
    Endpoint endpoint = next();
    if (endpoint == null) {
      boolean none = tries == 0;
      LOG.debug("no endpoint of {} accepts a connection", target.upstream().name());
      traffic.counts().onFailure(none ? ProxyFailure.NO_ENDPOINT : ProxyFailure.CONNECT_FAILED);
      abort();
      return;
    }
    tried[tries++] = endpoint;
    new Bootstrap()
        .group(loop.eventLoop())
        .channel(loop.transport().connected())
        .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, rules.connectMillis())
        .option(ChannelOption.ALLOW_HALF_CLOSURE, true)
        .option(ChannelOption.AUTO_READ, false)
        .handler(new ChannelInboundHandlerAdapter())
        .connect(endpoint.address())
        .addListener((ChannelFutureListener) this::connected);
  }

  /// In turn; null where all were tried, or as many as may be, or for long enough.
  private @Nullable Endpoint next() {
    if (tries == rules.tries()
        || tries > 0 && System.nanoTime() - begin > rules.tryMillis() * 1_000_000L) {
      return null;
    }
    EndpointSet set = target.upstream().endpoints();
    Endpoint near = untried(set.endpoints());
    return near == null ? untried(set.elsewhere()) : near;
  }

  private @Nullable Endpoint untried(List<Endpoint> endpoints) {
    for (int i = 0; i < endpoints.size(); i++) {
      Endpoint each = endpoints.get(Math.floorMod(first + i, endpoints.size()));
      if (!wasTried(each)) {
        return each;
      }
    }
    return null;
  }

  private boolean wasTried(Endpoint endpoint) {
    for (int i = 0; i < tries; i++) {
      if (tried[i].equals(endpoint)) {
        return true;
      }
    }
    return false;
  }

  private void connected(ChannelFuture connecting) {
    Channel channel = connecting.channel();
    if (ended) {
      channel.close();
      return;
    }
    if (!connecting.isSuccess()) {
      tryNext();
      return;
    }
    SocketOptions.apply(channel.config());
    Side side = new Side(channel);
    upstream = side;
    channel.pipeline().addLast(side);
    if (target.sends() != ProxyVersion.NONE) {
      channel.write(
          target.sends().write(loop.allocator(), source, destination), channel.voidPromise());
    }
    ByteBuf kept = early;
    early = null;
    if (kept != null) {
      channel.write(kept, channel.voidPromise());
    }
    channel.flush();
    if (client.inputEnded) {
      side.endOutput();
    }
    touch();
    channel.config().setAutoRead(true);
    client.channel.config().setAutoRead(channel.isWritable());
  }

  // ------------------------------------------------------------------ its time

  private void touch() {
    loop.timers().arm(idle, loop.nanos(), rules.idleMillis());
  }

  /// Ends both connections at once.
  private void abort() {
    client.channel.close();
    Side side = upstream;
    if (side != null) {
      side.channel.close();
    }
    end();
  }

  /// Both are closed, or will be as soon as the last bytes are taken.
  private void end() {
    if (!ended) {
      ended = true;
      loop.timers().remove(idle);
      traffic.sessionEnded(this);
      ByteBuf kept = early;
      early = null;
      if (kept != null) {
        kept.release();
      }
    }
  }

  @Override
  public void discourageReuse() {}

  @Override
  public void closeForShutdown() {
    abort();
  }

  // ------------------------------------------------------------------ the two connections

  /// One of the two connections: what it brings goes to the other one.
  private final class Side extends ChannelInboundHandlerAdapter {
    private final Channel channel;
    private boolean inputEnded;
    private boolean outputEnded;
    private boolean wasReset;

    Side(Channel channel) {
      this.channel = channel;
    }

    @SuppressWarnings("ReferenceEquality") // there are two of them
    private @Nullable Side other() {
      return this == client ? upstream : client;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      loop.begin();
      ByteBuf bytes = (ByteBuf) message;
      Side to = other();
      if (ended) {
        bytes.release();
      } else if (to == null) {
        keep(bytes);
      } else {
        to.channel.write(bytes, to.channel.voidPromise());
        if (!to.channel.isWritable()) {
          channel.config().setAutoRead(false);
        }
      }
    }

    private void keep(ByteBuf bytes) {
      ByteBuf before = early;
      if (before == null) {
        early = bytes;
      } else {
        ByteBuf all = loop.allocator().buffer(before.readableBytes() + bytes.readableBytes());
        early = all.writeBytes(before).writeBytes(bytes);
        before.release();
        bytes.release();
      }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
      Side to = other();
      if (to != null) {
        to.channel.flush();
      }
      if (!ended) {
        touch();
      }
      loop.end();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
      Side from = other();
      if (channel.isWritable() && from != null && !ended) {
        touch();
        from.channel.config().setAutoRead(true);
      }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
      if (event instanceof ChannelInputShutdownEvent) {
        inputEnded = true;
        Side to = other();
        if (to != null) {
          to.endOutput();
        }
      }
    }

    /// Ends what is sent here once it was taken, and both connections once that is so on both.
    private void endOutput() {
      channel
          .writeAndFlush(Unpooled.EMPTY_BUFFER)
          .addListener(
              _ -> {
                outputEnded = true;
                Side peer = other();
                if (inputEnded && peer != null && peer.outputEnded) {
                  abort();
                } else if (channel.isActive()) {
                  ((DuplexChannel) channel).shutdownOutput();
                }
              });
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
      Side to = other();
      if (to != null && wasReset && to.channel.isActive()) {
        SocketOptions.resetsAtEnd(to.channel);
        to.channel.close();
      } else if (to != null && to.channel.isActive()) {
        to.channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
        return; // its time still runs: a peer that takes nothing is not waited for without end
      }
      end();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      wasReset = true;
      ctx.close();
    }
  }
}
