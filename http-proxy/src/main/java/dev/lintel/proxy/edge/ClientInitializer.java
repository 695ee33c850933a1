package dev.lintel.proxy.edge;

import dev.lintel.proxy.edge.Admission.Admitted;
import dev.lintel.proxy.exchange.ClientAddress;
import dev.lintel.proxy.exchange.ClientConnection;
import dev.lintel.proxy.l4.HelloPeek;
import dev.lintel.proxy.l4.ProxyHeader;
import dev.lintel.proxy.l4.ProxyHeaderReader;
import dev.lintel.proxy.l4.ProxyHeaderRules;
import dev.lintel.proxy.l4.StreamSession;
import dev.lintel.proxy.l4.StreamTarget;
import dev.lintel.proxy.loop.SocketOptions;
import dev.lintel.tls.CertificateChooser;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPipeline;
import java.net.InetSocketAddress;

/// Builds the pipeline of each accepted connection: `[PROXY header,] [TLS,] HTTP/1.1 or HTTP/2`, or
/// TLS that is passed on unopened. Shared by all connections of a listener.
@ChannelHandler.Sharable
public final class ClientInitializer extends ChannelInitializer<Channel> {
  private final ServerState server;
  private final Admission admission;
  private final boolean tls;
  private final Http2Edge http2;

  /// For a listener.
  public ClientInitializer(ServerState server, Admission admission, boolean tls, Http2Edge http2) {
    this.server = server;
    this.admission = admission;
    this.tls = tls;
    this.http2 = http2;
  }

  @Override
  protected void initChannel(Channel channel) {
    Admitted admitted = admission.admit(channel);
    if (admitted == null) {
      return;
    }
    SocketOptions.apply(channel.config());
    ProxyHeaderRules headers = server.config().l4().headersOnHttp();
    if (headers == null) {
      begin(channel, admitted, admitted.remote(), admitted.local(), false);
    } else {
      ProxyHeaderReader.read(
          channel,
          admitted.home(),
          admitted.remote().getAddress(),
          headers,
          (ready, header) -> begin(ready, admitted, header));
    }
  }

  private void begin(Channel channel, Admitted admitted, ProxyHeader header) {
    InetSocketAddress source = header.source();
    InetSocketAddress destination = header.destination();
    if (source == null || destination == null) {
      begin(channel, admitted, admitted.remote(), admitted.local(), false);
    } else {
      begin(channel, admitted, source, destination, true);
    }
  }

  /// @param source the client
  /// @param destination what it connected to
  /// @param isTold whether a PROXY header says so
  private void begin(
      Channel channel,
      Admitted admitted,
      InetSocketAddress source,
      InetSocketAddress destination,
      boolean isTold) {
    ClientAddress client = ClientAddress.of(source.getAddress());
    if (!admission.admitSource(channel, admitted, client)) {
      return;
    }
    ClientConnection connection =
        new ClientConnection(
            admitted.home(),
            client,
            source.getPort(),
            tls,
            destination.getPort(),
            server.nextNumber(),
            isTold ? ClientAddress.of(admitted.remote().getAddress()) : null);
    if (!tls) {
      channel.pipeline().addLast(new Http1Client(server, connection, http2));
      return;
    }
    Handshake handshake = admission.handshake(channel, admitted);
    channel.pipeline().addLast(handshake, new FirstByte());
    if (server.config().l4().passthrough() == null) {
      terminate(channel.pipeline(), connection, handshake);
    } else {
      peek(channel.pipeline(), connection, handshake, source, destination);
    }
  }

  private void terminate(
      ChannelPipeline pipeline, ClientConnection connection, Handshake handshake) {
    CertificateChooser chooser =
        new CertificateChooser(
            () -> server.config().certificates(), handshake, handshake.beganNanos());
    pipeline.addLast(chooser, new ProtocolChoice(server, connection, http2, chooser, handshake));
  }

  private void peek(
      ChannelPipeline pipeline,
      ClientConnection connection,
      Handshake handshake,
      InetSocketAddress source,
      InetSocketAddress destination) {
    HelloPeek.add(
        pipeline,
        connection.traffic(),
        () -> server.config().l4(),
        (channel, l4, passthrough) -> {
          StreamTarget target = passthrough == null ? null : passthrough.target();
          if (passthrough == null) {
            terminate(channel.pipeline(), connection, handshake);
          } else if (target == null) {
            channel.close();
          } else {
            handshake.end();
            StreamSession.begin(
                channel, connection.traffic(), target, l4.rules(), source, destination);
          }
        });
  }
}
