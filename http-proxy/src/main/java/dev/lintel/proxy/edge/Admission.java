package dev.lintel.proxy.edge;

import dev.lintel.proxy.exchange.ClientAddress;
import dev.lintel.proxy.exchange.ClientConnection;
import dev.lintel.proxy.exchange.LoopTraffic;
import dev.lintel.proxy.failure.ProxyFailure;
import io.netty.channel.Channel;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/// Lets new connections in, as far as there is room for them, and counts them until they are
/// closed. Shared by all loops; each call on the connection's own.
public final class Admission {
  private final ServerState server;
  private final LoopTraffic[] traffic;

  /// For all listeners of a proxy.
  ///
  /// @param traffic of all loops
  public Admission(ServerState server, LoopTraffic[] traffic) {
    this.server = server;
    this.traffic = traffic;
  }

  /// The proxy's state.
  public ServerState server() {
    return server;
  }

  /// Counts a connection.
  ///
  /// @return null where it is one too many: the caller closes it
  public @Nullable ClientConnection admit(
      Channel channel, @Nullable SocketAddress remote, @Nullable SocketAddress local, boolean tls) {
    LoopTraffic home = trafficOf(channel);
    home.counts().onConnectionOpened();
    channel
        .closeFuture()
        .addListener(
            _ -> {
              server.closed();
              home.counts().onConnectionClosed();
            });
    if (!server.opened()) {
      home.counts().onFailure(ProxyFailure.CONNECTION_LIMIT);
      return null;
    }
    if (!(remote instanceof InetSocketAddress from) || !(local instanceof InetSocketAddress to)) {
      return null;
    }
    ClientAddress address = ClientAddress.of(from.getAddress());
    if (isCrowded(channel, address)) {
      home.counts().onFailure(ProxyFailure.SOURCE_LIMIT);
      return null;
    }
    return new ClientConnection(
        home, address, from.getPort(), tls, to.getPort(), server.nextNumber());
  }

  /// Whether this is a connection too many of its source; counts it until it is closed.
  private boolean isCrowded(Channel channel, ClientAddress address) {
    SourceConnections.Count source = server.count(address);
    if (source == null) {
      return false;
    }
    channel.closeFuture().addListener(_ -> source.leave());
    return server.isCrowded(source);
  }

  /// What the exchanges of the connection's loop share.
  public LoopTraffic trafficOf(Channel channel) {
    for (LoopTraffic each : traffic) {
      if (each.loop().eventLoop().equals(channel.eventLoop())) {
        return each;
      }
    }
    throw new IllegalStateException("a connection on a loop that is not ours");
  }
}
