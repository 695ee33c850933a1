package dev.lintel.proxy.upstream.h2;

import dev.lintel.proxy.loop.SocketOptions;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.handler.ssl.SslContext;
import org.jspecify.annotations.Nullable;

/// The handlers of a new connection. No server name is sent: nginx sends none unless it is told to.
final class H2Pipeline extends ChannelInitializer<Channel> {
  private final H2UpstreamConnection connection;
  private final @Nullable SslContext tls;

  H2Pipeline(H2UpstreamConnection connection, @Nullable SslContext tls) {
    this.connection = connection;
    this.tls = tls;
  }

  @Override
  protected void initChannel(Channel channel) {
    SocketOptions.apply(channel.config());
    if (tls != null) {
      channel.pipeline().addLast(tls.newHandler(channel.alloc()));
    }
    channel.pipeline().addLast(connection);
  }
}
