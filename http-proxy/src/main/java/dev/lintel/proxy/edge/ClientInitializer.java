package dev.lintel.proxy.edge;

import dev.lintel.proxy.exchange.ClientAddress;
import dev.lintel.proxy.exchange.ClientConnection;
import dev.lintel.proxy.exchange.LoopTraffic;
import dev.lintel.proxy.failure.ProxyFailure;
import dev.lintel.proxy.loop.SocketOptions;
import dev.lintel.tls.CertificateChooser;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import java.net.InetSocketAddress;

/// Builds the pipeline of each accepted connection: `[TLS,] HTTP/1.1 or HTTP/2`. Shared by all
/// connections of a listener.
@ChannelHandler.Sharable
public final class ClientInitializer extends ChannelInitializer<Channel> {
  private final ServerState server;
  private final LoopTraffic[] traffic;
  private final boolean tls;
  private final Http2Edge http2;

  /// For a listener.
  ///
  /// @param traffic of all loops
  public ClientInitializer(
      ServerState server, LoopTraffic[] traffic, boolean tls, Http2Edge http2) {
    this.server = server;
    this.traffic = traffic;
    this.tls = tls;
    this.http2 = http2;
  }

  @Override
  protected void initChannel(Channel channel) {
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
      return;
    }
    if (!(channel.remoteAddress() instanceof InetSocketAddress remote)
        || !(channel.localAddress() instanceof InetSocketAddress local)) {
      channel.close();
      return;
    }
    ClientAddress address = ClientAddress.of(remote.getAddress());
    if (isCrowded(channel, address)) {
      home.counts().onFailure(ProxyFailure.SOURCE_LIMIT);
      channel.close();
      return;
    }
    SocketOptions.apply(channel.config());
    ClientConnection connection =
        new ClientConnection(
            home, address, remote.getPort(), tls, local.getPort(), server.nextNumber());
    if (tls) {
      CertificateChooser chooser = new CertificateChooser(() -> server.config().certificates());
      channel
          .pipeline()
          .addLast(
              new FirstByte(), chooser, new ProtocolChoice(server, connection, http2, chooser));
    } else {
      channel.pipeline().addLast(new Http1Client(server, connection, http2));
    }
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

  private LoopTraffic trafficOf(Channel channel) {
    for (LoopTraffic each : traffic) {
      if (each.loop().eventLoop().equals(channel.eventLoop())) {
        return each;
      }
    }
    throw new IllegalStateException("a connection on a loop that is not ours");
  }
}
