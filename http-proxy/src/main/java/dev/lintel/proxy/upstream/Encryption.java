package dev.lintel.proxy.upstream;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.handler.ssl.SslContext;

/// How connections of HTTP/1.1 to an upstream are encrypted.
///
/// @param context what speaks TLS
/// @param serverName the name that the handshake asks for; an address is not sent (RFC 6066 3)
public record Encryption(SslContext context, String serverName) {
  /// Puts TLS in front of a connection, which hears of the end of the handshake by an event.
  ChannelHandler before(UpstreamConnection connection) {
    return new ChannelInitializer<Channel>() {
      @Override
      protected void initChannel(Channel channel) {
        channel
            .pipeline()
            .addLast(
                context.newHandler(
                    channel.alloc(), serverName, connection.endpoint().address().getPort()))
            .addLast(connection);
      }
    };
  }
}
