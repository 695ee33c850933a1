package dev.lintel.proxy.edge;

import dev.lintel.proxy.exchange.ClientConnection;
import dev.lintel.proxy.loop.SocketOptions;
import dev.lintel.tls.CertificateChooser;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;

/// Builds the pipeline of each accepted connection: `[TLS,] HTTP/1.1 or HTTP/2`. Shared by all
/// connections of a listener.
@ChannelHandler.Sharable
public final class ClientInitializer extends ChannelInitializer<Channel> {
  private final Admission admission;
  private final ServerState server;
  private final boolean tls;
  private final Http2Edge http2;

  /// For a listener.
  public ClientInitializer(Admission admission, boolean tls, Http2Edge http2) {
    this.admission = admission;
    this.server = admission.server();
    this.tls = tls;
    this.http2 = http2;
  }

  @Override
  protected void initChannel(Channel channel) {
    ClientConnection connection =
        admission.admit(channel, channel.remoteAddress(), channel.localAddress(), tls);
    if (connection == null) {
      channel.close();
      return;
    }
    SocketOptions.apply(channel.config());
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
}
