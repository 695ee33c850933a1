package dev.lintel.proxy;

import dev.lintel.proxy.edge.Admission;
import dev.lintel.proxy.edge.ServerState;
import dev.lintel.proxy.edge.StreamInitializer;
import dev.lintel.proxy.exchange.LoopTraffic;
import dev.lintel.proxy.l4.DatagramSessions;
import dev.lintel.proxy.l4.L4Config;
import dev.lintel.proxy.l4.StreamService;
import dev.lintel.proxy.loop.Transport;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.unix.UnixChannelOption;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The ports of TCP and UDP services: opened and closed as configurations come, while connections
/// that were accepted go on. A port that cannot be opened is tried again, with each configuration
/// and every few seconds; it is in nobody else's way.
final class ServicePorts {
  private static final Logger LOG = LoggerFactory.getLogger(ServicePorts.class);
  private static final int AGAIN_SECONDS = 5;

  /// Sessions of one UDP service on one loop, at the most.
  private static final int MOST_SESSIONS = 4_096;

  /// Each session has a file of its own: this part of the connections that there may be.
  private static final int SHARE = 8;

  /// Opens listening sockets for TCP.
  interface Listening {
    /// @return one for each address and loop
    List<Channel> open(int port, ChannelHandler pipelines) throws AddressInUse;
  }

  private record Port(boolean udp, int number) {
    @Override
    public String toString() {
      return (udp ? "UDP " : "TCP ") + number;
    }
  }

  private final ServerState state;
  private final Admission admission;
  private final LoopTraffic[] traffic;
  private final Transport transport;
  private final List<InetAddress> addresses;
  private final Listening listening;
  private final List<Channel> listeners;
  private final Map<Port, List<Channel>> open = new HashMap<>();
  private final Set<Port> failed = new HashSet<>();
  private L4Config wanted = L4Config.NONE;
  private boolean isWaiting;
  private boolean closed;

  /// @param listeners of the whole proxy; those of services are among them while they are open
  ServicePorts(
      ServerState state,
      Admission admission,
      LoopTraffic[] traffic,
      Transport transport,
      List<InetAddress> addresses,
      Listening listening,
      List<Channel> listeners) {
    this.state = state;
    this.admission = admission;
    this.traffic = traffic;
    this.transport = transport;
    this.addresses = addresses;
    this.listening = listening;
    this.listeners = listeners;
  }

  /// Opens and closes what a configuration that is in force already asks for. Blocks its caller,
  /// who is no event loop.
  synchronized void serve(L4Config next) {
    wanted = next;
    if (closed || next.services().isEmpty() && open.isEmpty()) {
      return;
    }
    Set<Port> ports = new HashSet<>();
    for (StreamService service : next.services()) {
      ports.add(new Port(service.udp(), service.port()));
    }
    for (Port port : List.copyOf(open.keySet())) {
      if (!ports.contains(port)) {
        close(port);
      }
    }
    failed.retainAll(ports);
    for (Port port : ports) {
      if (!open.containsKey(port)) {
        open(port);
      }
    }
    if (!failed.isEmpty() && !isWaiting) {
      isWaiting = true;
      GlobalEventExecutor.INSTANCE.schedule(this::again, AGAIN_SECONDS, TimeUnit.SECONDS);
    }
  }

  private synchronized void again() {
    isWaiting = false;
    serve(wanted);
  }

  /// Opens none any more; those that are open are closed by their owner.
  synchronized void close() {
    closed = true;
    open.clear();
  }

  private void close(Port port) {
    List<Channel> channels = open.remove(port);
    if (channels != null) {
      listeners.removeAll(channels);
      channels.forEach(channel -> channel.close().awaitUninterruptibly());
      LOG.info("port {} is closed", port);
    }
  }

  private void open(Port port) {
    try {
      List<Channel> channels =
          port.udp()
              ? datagrams(port.number())
              : listening.open(
                  port.number(), new StreamInitializer(state, admission, port.number()));
      listeners.addAll(channels);
      open.put(port, channels);
      failed.remove(port);
      LOG.info("port {} is open", port);
    } catch (AddressInUse e) {
      if (failed.add(port)) {
        LOG.error("port {} of a service cannot be opened, trying again: {}", port, e.getMessage());
      }
    }
  }

  private List<Channel> datagrams(int port) throws AddressInUse {
    List<Channel> channels = new ArrayList<>();
    boolean done = false;
    try {
      for (InetAddress address : addresses) {
        probe(address, port);
        for (LoopTraffic each : traffic) {
          channels.add(datagrams(address, port, each));
          if (!transport.sharesPorts()) {
            break;
          }
        }
      }
      done = true;
      return channels;
    } finally {
      if (!done) {
        channels.forEach(Channel::close);
      }
    }
  }

  private Channel datagrams(InetAddress address, int port, LoopTraffic home) throws AddressInUse {
    int most = Math.max(1, Math.min(MOST_SESSIONS, state.maxConnections() / SHARE));
    Bootstrap bootstrap =
        new Bootstrap()
            .group(home.loop().eventLoop())
            .channel(transport.datagrams())
            .handler(
                new ChannelInitializer<DatagramChannel>() {
                  @Override
                  protected void initChannel(DatagramChannel channel) {
                    DatagramSessions.prepare(channel);
                    channel
                        .pipeline()
                        .addLast(
                            new DatagramSessions(
                                home.loop(), () -> state.config().l4(), port, most));
                  }
                });
    if (transport.sharesPorts()) {
      bootstrap.option(UnixChannelOption.SO_REUSEPORT, true);
    }
    ChannelFuture bound = bootstrap.bind(address, port).awaitUninterruptibly();
    if (!bound.isSuccess()) {
      throw new AddressInUse(address.getHostAddress(), port, bound.cause());
    }
    return bound.channel();
  }

  /// As with TCP: sockets that share a port do so with other processes as well.
  private static void probe(InetAddress address, int port) throws AddressInUse {
    try (DatagramSocket socket = new DatagramSocket(null)) {
      socket.setReuseAddress(false);
      socket.bind(new InetSocketAddress(address, port));
    } catch (IOException e) {
      throw new AddressInUse(address.getHostAddress(), port, e);
    }
  }
}
