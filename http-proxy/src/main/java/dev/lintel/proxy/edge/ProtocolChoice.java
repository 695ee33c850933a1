package dev.lintel.proxy.edge;

import dev.lintel.proxy.exchange.ClientConnection;
import dev.lintel.tls.CertificateChooser;
import dev.lintel.tls.CipherNames;
import dev.lintel.tls.ClientTrust;
import dev.lintel.tls.ServedCertificate;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import javax.net.ssl.SSLSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Waits behind TLS until the handshake has told which protocol follows, and makes room for it.
/// What the client showed of itself is judged here, once for the connection.
final class ProtocolChoice extends ChannelInboundHandlerAdapter {
  private static final Logger LOG = LoggerFactory.getLogger(ProtocolChoice.class);

  private final ServerState server;
  private final ClientConnection connection;
  private final Http2Edge http2;
  private final CertificateChooser chooser;
  private final Handshake handshake;

  ProtocolChoice(
      ServerState server,
      ClientConnection connection,
      Http2Edge http2,
      CertificateChooser chooser,
      Handshake handshake) {
    this.server = server;
    this.connection = connection;
    this.http2 = http2;
    this.chooser = chooser;
    this.handshake = handshake;
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) throws Exception {
    if (!(event instanceof SslHandshakeCompletionEvent completion)) {
      ctx.fireUserEventTriggered(event);
      return;
    }
    ChannelPipeline pipeline = ctx.pipeline();
    SslHandler ssl = pipeline.get(SslHandler.class);
    if (!completion.isSuccess() || ssl == null) {
      connection.traffic().counts().onHandshakeFailed();
      ctx.close();
      return;
    }
    handshake.end();
    ServedCertificate served = chooser.chosen();
    ClientTrust clients = served == null ? null : served.clients();
    if (clients != null) {
      connection.identify(clients, clients.judge(ssl.engine().getSession()));
    }
    SSLSession session = ssl.engine().getSession();
    connection.secured(session.getProtocol(), CipherNames.openssl(session.getCipherSuite()));
    if ("h2".equals(ssl.applicationProtocol())) {
      http2.begin(pipeline, server, connection);
    } else {
      pipeline.addLast(new Http1Client(server, connection, http2));
    }
    pipeline.remove(this);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    LOG.debug("a TLS connection of {} failed: {}", connection.address(), cause.toString());
    ctx.close();
  }
}
