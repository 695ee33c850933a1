package dev.lintel.proxy.upstream.h2;

import dev.lintel.proxy.loop.SocketOptions;
import dev.lintel.tls.UpstreamTls;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import java.net.InetSocketAddress;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/// The handlers of a new connection.
final class H2Pipeline extends ChannelInitializer<Channel> {
  private final H2UpstreamConnection connection;
  private final @Nullable UpstreamTls tls;
  private final InetSocketAddress endpoint;

  H2Pipeline(
      H2UpstreamConnection connection, @Nullable UpstreamTls tls, InetSocketAddress endpoint) {
    this.connection = connection;
    this.tls = tls;
    this.endpoint = endpoint;
  }

  @Override
  protected void initChannel(Channel channel) throws SSLException {
    SocketOptions.apply(channel.config());
    if (tls != null) {
      channel.pipeline().addLast(tls.newHandler(channel.alloc(), endpoint));
    }
    channel.pipeline().addLast(connection);
  }
}
