package dev.lintel.proxy.edge;

import dev.lintel.proxy.edge.Admission.Admitted;
import dev.lintel.proxy.exchange.ClientAddress;
import dev.lintel.proxy.l4.L4Config;
import dev.lintel.proxy.l4.ProxyHeader;
import dev.lintel.proxy.l4.ProxyHeaderReader;
import dev.lintel.proxy.l4.ProxyHeaderRules;
import dev.lintel.proxy.l4.StreamService;
import dev.lintel.proxy.l4.StreamSession;
import dev.lintel.proxy.loop.SocketOptions;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import java.net.InetSocketAddress;

/// Passes on each connection that is accepted on the port of a TCP service, as the configuration of
/// that moment says. Shared by all connections of a listener.
@ChannelHandler.Sharable
public final class StreamInitializer extends ChannelInitializer<Channel> {
  private final ServerState server;
  private final Admission admission;
  private final int port;

  /// For the listeners of one port.
  public StreamInitializer(ServerState server, Admission admission, int port) {
    this.server = server;
    this.admission = admission;
    this.port = port;
  }

  @Override
  protected void initChannel(Channel channel) {
    Admitted admitted = admission.admit(channel);
    if (admitted == null) {
      return;
    }
    SocketOptions.apply(channel.config());
    L4Config l4 = server.config().l4();
    StreamService service = l4.service(false, port);
    ProxyHeaderRules headers = l4.headers();
    if (service == null || service.decodes() && headers == null) {
      channel.close(); // the port is just being closed
    } else if (headers == null || !service.decodes()) {
      begin(channel, admitted, l4, service, admitted.remote(), admitted.local());
    } else {
      ProxyHeaderReader.read(
          channel,
          admitted.home(),
          admitted.remote().getAddress(),
          headers,
          (ready, header) -> begin(ready, admitted, l4, service, header));
    }
  }

  private void begin(
      Channel channel, Admitted admitted, L4Config l4, StreamService service, ProxyHeader header) {
    InetSocketAddress source = header.source();
    InetSocketAddress destination = header.destination();
    if (source == null || destination == null) {
      begin(channel, admitted, l4, service, admitted.remote(), admitted.local());
    } else {
      begin(channel, admitted, l4, service, source, destination);
    }
  }

  private void begin(
      Channel channel,
      Admitted admitted,
      L4Config l4,
      StreamService service,
      InetSocketAddress source,
      InetSocketAddress destination) {
    if (admission.admitSource(channel, admitted, ClientAddress.of(source.getAddress()))) {
      StreamSession.begin(
          channel, admitted.home(), service.target(), l4.rules(), source, destination);
    }
  }
}
