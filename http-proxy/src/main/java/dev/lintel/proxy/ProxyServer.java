package dev.lintel.proxy;

import dev.lintel.proxy.edge.Admission;
import dev.lintel.proxy.edge.ClientInitializer;
import dev.lintel.proxy.edge.ServerState;
import dev.lintel.proxy.edge.h2.H2Edge;
import dev.lintel.proxy.edge.h3.Http3Edge;
import dev.lintel.proxy.exchange.LoopTraffic;
import dev.lintel.proxy.loop.Loop;
import dev.lintel.proxy.loop.Transport;
import dev.lintel.proxy.observe.Metrics;
import dev.lintel.proxy.overload.ConnectionLimit;
import dev.lintel.proxy.overload.Connections;
import dev.lintel.proxy.overload.OverloadWatch;
import dev.lintel.proxy.overload.Resource;
import dev.lintel.proxy.overload.Stage;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.unix.UnixChannelOption;
import io.netty.util.concurrent.EventExecutor;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/// The proxy: listens, and answers as the newest published configuration says.
///
/// Each event loop has listening sockets of its own where the kernel can spread connections among
/// them, its own connections to upstreams, and shares nothing with the others but the
/// configuration.
public final class ProxyServer implements AutoCloseable {
  private static final int BACKLOG = 4096;

  /// Connections that come all at once are let in at once, as nginx does with `multi_accept on`:
  /// one by one, the last of them would wait for the requests of all before them, many times.
  private static final int ACCEPTS_IN_A_ROW = 512;

  private static final long POLL_MILLIS = 20;
  private static final long QUIET_MILLIS = 20;
  private static final long END_MILLIS = 2_000;
  private static final Duration FAREWELL = Duration.ofSeconds(30);

  private final ProxyOptions options;
  private final ServerState state;
  private final EventLoopGroup group;
  private final LoopTraffic[] traffic;
  private final Admission admission;
  private final ServicePorts services;
  private final OverloadWatch overload;
  private final H2Edge http2;
  private final Http3Edge http3;
  private final List<Channel> listeners = new CopyOnWriteArrayList<>();
  private int httpPort;
  private int httpsPort;

  private ProxyServer(ProxyOptions options, ProxyConfig config, Transport transport) {
    this.options = options;
    int most = options.maxConnections();
    this.state = new ServerState(config, most > 0 ? most : ConnectionLimit.find());
    int loops = options.loops() > 0 ? options.loops() : Runtime.getRuntime().availableProcessors();
    this.group = new MultiThreadIoEventLoopGroup(loops, transport.handlers());
    this.traffic = new LoopTraffic[loops];
    int index = 0;
    for (EventExecutor each : group) {
      Loop loop = new Loop(index, (EventLoop) each, transport);
      traffic[index++] = new LoopTraffic(loop, options.log(), options.metrics(), options.spool());
      loop.start();
    }
    this.admission = new Admission(state, traffic);
    this.http2 = new H2Edge(loops);
    this.http3 = new Http3Edge(admission, traffic, options.addresses());
    this.services =
        new ServicePorts(
            state,
            admission,
            traffic,
            transport,
            options.addresses(),
            (port, pipelines) -> open(transport, port, pipelines),
            listeners);
    List<Resource> own = List.of(new Connections(state::connections, state.maxConnections()));
    this.overload = new OverloadWatch(own, this::overloaded, options.metrics().registry());
    overload.start();
  }

  private void overloaded(Stage stage) {
    boolean accepts = stage.compareTo(Stage.REFUSING) < 0;
    for (Channel listener : listeners) {
      listener.config().setAutoRead(accepts);
    }
    for (LoopTraffic each : traffic) {
      each.loop().eventLoop().execute(() -> each.stage(stage));
    }
  }

  /// Listens on the ports of `options` and serves `first`.
  ///
  /// @throws AddressInUse where one of the ports is taken
  public static ProxyServer start(ProxyOptions options, ProxyConfig first) throws AddressInUse {
    Transport transport = Transport.best();
    ProxyServer server = new ProxyServer(options, first, transport);
    boolean listening = false;
    try {
      server.httpPort = server.listen(transport, options.httpPort(), false);
      server.httpsPort = server.listen(transport, options.httpsPort(), true);
      server.services.serve(first.l4());
      listening = true;
      server.http3.apply(first, server.httpsPort);
      return server;
    } finally {
      if (!listening) {
        server.close();
      }
    }
  }

  private int listen(Transport transport, int port, boolean tls) throws AddressInUse {
    List<Channel> opened =
        open(transport, port, new ClientInitializer(state, admission, tls, http2));
    listeners.addAll(opened);
    return ((InetSocketAddress) opened.getFirst().localAddress()).getPort();
  }

  private List<Channel> open(Transport transport, int port, ChannelHandler pipelines)
      throws AddressInUse {
    List<Channel> opened = new ArrayList<>();
    boolean done = false;
    try {
      open(transport, port, pipelines, opened);
      done = true;
      return opened;
    } finally {
      if (!done) {
        opened.forEach(channel -> channel.close().awaitUninterruptibly());
      }
    }
  }

  private void open(Transport transport, int port, ChannelHandler pipelines, List<Channel> opened)
      throws AddressInUse {
    int chosen = port;
    for (InetAddress address : options.addresses()) {
      probe(address, chosen);
      for (LoopTraffic each : traffic) {
        EventLoop accepting = each.loop().eventLoop();
        ServerBootstrap bootstrap =
            new ServerBootstrap()
                .group(accepting, transport.sharesPorts() ? accepting : group)
                .channel(transport.listening())
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .option(ChannelOption.SO_REUSEADDR, true)
                .childHandler(pipelines);
        if (transport.sharesPorts()) {
          bootstrap.option(UnixChannelOption.SO_REUSEPORT, true);
          // Looks for no further connection unless told that sizes of reads, which connections do
          // not have, say nothing.
          bootstrap.option(
              ChannelOption.RECVBUF_ALLOCATOR,
              new FixedRecvByteBufAllocator(1)
                  .respectMaybeMoreData(false)
                  .maxMessagesPerRead(ACCEPTS_IN_A_ROW));
        }
        Channel channel = bind(bootstrap, address, chosen);
        opened.add(channel);
        chosen = ((InetSocketAddress) channel.localAddress()).getPort();
        if (!transport.sharesPorts()) {
          break;
        }
      }
    }
  }

  /// Sockets that share a port do so with other processes as well: without looking first, a second
  /// proxy would silently take half of the connections.
  private static void probe(InetAddress address, int port) throws AddressInUse {
    try (ServerSocket socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(address, port));
    } catch (IOException e) {
      throw new AddressInUse(address.getHostAddress(), port, e);
    }
  }

  private static Channel bind(ServerBootstrap bootstrap, InetAddress address, int port)
      throws AddressInUse {
    ChannelFuture bound = bootstrap.bind(address, port).awaitUninterruptibly();
    if (!bound.isSuccess()) {
      throw new AddressInUse(address.getHostAddress(), port, bound.cause());
    }
    return bound.channel();
  }

  /// Makes `next` what new requests see, in one step, from any thread.
  public void publish(ProxyConfig next) {
    state.config(next);
    services.serve(next.l4());
    http3.apply(next, httpsPort);
  }

  /// What new requests see now.
  public ProxyConfig config() {
    return state.config();
  }

  /// The port of plain HTTP.
  public int httpPort() {
    return httpPort;
  }

  /// The port of HTTPS.
  public int httpsPort() {
    return httpsPort;
  }

  /// Whether HTTP/3 is answered on the UDP port of HTTPS.
  public boolean servesHttp3() {
    return http3.isOffered();
  }

  /// The event loops.
  public List<Loop> loops() {
    List<Loop> loops = new ArrayList<>(traffic.length);
    for (LoopTraffic each : traffic) {
      loops.add(each.loop());
    }
    return loops;
  }

  /// What is counted.
  public Metrics metrics() {
    return options.metrics();
  }

  /// How many client connections are open.
  public int connections() {
    return state.connections();
  }

  /// From now on tells clients to open new connections: `Connection: close` with each answer,
  /// GOAWAY. Still accepts.
  public void discourageReuse() {
    for (LoopTraffic each : traffic) {
      each.loop().eventLoop().execute(each::discourageReuse);
    }
  }

  /// Takes no new connections.
  public void stopAccepting() {
    services.close();
    http3.stopAccepting();
    for (Channel listener : listeners) {
      listener.close().awaitUninterruptibly();
    }
  }

  /// Waits until no request is in flight; clients' idle connections are not waited for.
  ///
  /// @see #awaitIdle(Duration, Duration)
  public boolean awaitIdle(Duration limit) throws InterruptedException {
    return awaitIdle(limit, Duration.ZERO);
  }

  /// Waits until no request is in flight and clients' idle connections are gone, but no longer than
  /// `limit`; WebSockets are closed with 1001 when nothing else is left, or when no more than 30
  /// seconds (or half of the limit) are. Blocks the caller.
  ///
  /// An idle HTTP/1.1 connection can be told only with its next answer that it will close. Closed
  /// before, it fails the request that its client is just sending.
  ///
  /// @param rest how long idle connections are waited for
  /// @return whether nothing is in flight
  public boolean awaitIdle(Duration limit, Duration rest) throws InterruptedException {
    long now = System.nanoTime();
    long end = now + limit.toNanos();
    long rested = now + rest.toNanos();
    long farewell = end - Math.min(FAREWELL.toNanos(), limit.toNanos() / 2);
    boolean told = false;
    while (true) {
      int tunnels = sum(LoopTraffic::tunnels);
      int inFlight = sum(LoopTraffic::inFlight);
      now = System.nanoTime();
      boolean quiet = inFlight == 0 && sum(LoopTraffic::deliveries) == 0;
      if (quiet && (now - rested >= 0 || connections() == 0)) {
        return true;
      }
      if (now - end >= 0) {
        return quiet;
      }
      if (inFlight == 0) {
        told = false; // an idle connection may still become a WebSocket
      } else if (!told && (inFlight == tunnels || now - farewell >= 0)) {
        told = true;
        for (LoopTraffic each : traffic) {
          each.loop().eventLoop().execute(each::closeForShutdown);
        }
      }
    }
  }

  /// A count on each loop.
  private interface Count {
    int of(LoopTraffic traffic);
  }

  /// Asks every loop, after a short while.
  private int sum(Count count) throws InterruptedException {
    int sum = 0;
    for (LoopTraffic each : traffic) {
      Callable<Integer> ask = () -> count.of(each);
      try {
        sum += each.loop().eventLoop().schedule(ask, POLL_MILLIS, TimeUnit.MILLISECONDS).get();
      } catch (ExecutionException e) {
        throw new IllegalStateException("an event loop ended", e.getCause());
      }
    }
    return sum;
  }

  /// Ends everything at once. Blocks until the loops have ended, a few seconds at most.
  @Override
  public void close() {
    overload.close();
    stopAccepting();
    http3.close();
    // A loop that ends at once leaves connections amid a handshake behind, with all they hold.
    group
        .shutdownGracefully(QUIET_MILLIS, END_MILLIS, TimeUnit.MILLISECONDS)
        .awaitUninterruptibly(5, TimeUnit.SECONDS);
    options.spool().close();
  }
}
