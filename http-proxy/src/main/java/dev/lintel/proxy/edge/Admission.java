package dev.lintel.proxy.edge;

import dev.lintel.proxy.exchange.ClientAddress;
import dev.lintel.proxy.exchange.ClientConnection;
import dev.lintel.proxy.exchange.LoopTraffic;
import dev.lintel.proxy.failure.ProxyFailure;
import io.netty.channel.Channel;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/// Counts accepted connections and lets in those that are not too many, of all and of their source.
/// Shared by all listeners of one proxy.
public final class Admission {
  private final ServerState server;
  private final LoopTraffic[] traffic;
  private final Handshakes[] handshakes;

  /// @param traffic of all loops
  public Admission(ServerState server, LoopTraffic[] traffic) {
    this.server = server;
    this.traffic = traffic;
    this.handshakes = new Handshakes[traffic.length];
    for (LoopTraffic each : traffic) {
      handshakes[each.loop().index()] =
          new Handshakes(each, server.maxConnections() / traffic.length);
    }
  }

  /// A connection that was let in.
  ///
  /// @param home what its loop shares
  /// @param remote the other end of its socket
  /// @param local this end
  record Admitted(LoopTraffic home, InetSocketAddress remote, InetSocketAddress local) {}

  /// The state of the proxy.
  public ServerState server() {
    return server;
  }

  /// Lets a connection in that is not one of TCP, and its source as well; null where it was closed
  /// at once.
  public @Nullable ClientConnection admitEncrypted(
      Channel channel, @Nullable SocketAddress remote, @Nullable SocketAddress local) {
    Admitted admitted = admit(channel, remote, local);
    if (admitted == null) {
      return null;
    }
    ClientAddress client = ClientAddress.of(admitted.remote().getAddress());
    return !admitSource(channel, admitted, client)
        ? null
        : new ClientConnection(
            admitted.home(),
            client,
            admitted.remote().getPort(),
            true,
            admitted.local().getPort(),
            server.nextNumber(),
            null);
  }

  /// Counts an accepted connection until it is closed; null where it was closed at once.
  @Nullable Admitted admit(Channel channel) {
    return admit(channel, channel.remoteAddress(), channel.localAddress());
  }

  private @Nullable Admitted admit(
      Channel channel, @Nullable SocketAddress from, @Nullable SocketAddress to) {
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
      channel.close();
      return null;
    }
    if (!(from instanceof InetSocketAddress remote) || !(to instanceof InetSocketAddress local)) {
      channel.close();
      return null;
    }
    return new Admitted(home, remote, local);
  }

  /// Whether this is not a connection too many of its source, which is counted until it is closed;
  /// otherwise it was closed at once.
  ///
  /// @param client by the word of a PROXY header, where there is one
  boolean admitSource(Channel channel, Admitted admitted, ClientAddress client) {
    SourceConnections.Count source = server.count(client);
    if (source == null) {
      return true;
    }
    channel.closeFuture().addListener(_ -> source.leave());
    if (server.isCrowded(source)) {
      admitted.home().counts().onFailure(ProxyFailure.SOURCE_LIMIT);
      channel.close();
      return false;
    }
    return true;
  }

  /// Counts a connection of TLS as one amid its handshake, from now on.
  Handshake handshake(Channel channel, Admitted admitted) {
    return handshakes[admitted.home().loop().index()].enter(channel);
  }

  private LoopTraffic trafficOf(Channel channel) {
    for (LoopTraffic each : traffic) {
      if (each.loop().eventLoop().equals(channel.eventLoop())) {
        return each;
      }
    }
    throw new IllegalStateException("a connection on a loop that is not ours");
  }
}
