package dev.lintel.tls;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.ssl.AbstractSniHandler;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.ImmediateEventExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/// The first handler of a TLS connection: reads the ClientHello, picks the certificate and gives
/// its place to an [SslHandler] (under the name `ssl`).
///
/// The hello may have 64 KiB, and hello and handshake together ten seconds. A server name is
/// reported as an `SniCompletionEvent`; [#serverName] has it from then on. A name with a wildcard,
/// which is no name of a host and must not be taken for that of a rule, is met with an alert, and
/// so is one that the index refuses.
public final class CertificateChooser extends AbstractSniHandler<ServedCertificate> {
  private static final int LONGEST_HELLO = 64 * 1024;
  private static final long HANDSHAKE_MILLIS = 10_000;

  /// A fatal alert `unrecognized_name` (RFC 6066, 3), before there is a TLS engine to send it.
  private static final byte[] ALERT = {21, 3, 3, 0, 2, 2, 112};

  private static final SSLException NO_HOST_NAME =
      new SSLException("a server name with a wildcard");

  private static final SSLException UNKNOWN_NAME = new SSLException("an unknown server name");

  private final Supplier<CertificateIndex> index;
  private final long startNanos = System.nanoTime();
  private ClientHello hello = ClientHello.NONE;
  private @Nullable String serverName;
  private @Nullable ServedCertificate chosen;

  /// For one connection.
  ///
  /// @param index asked once, when the hello is complete: the index of the present configuration
  public CertificateChooser(Supplier<CertificateIndex> index) {
    super(LONGEST_HELLO, HANDSHAKE_MILLIS);
    this.index = index;
  }

  /// The name in the hello in lower case, null before and where there was none.
  public @Nullable String serverName() {
    return serverName;
  }

  /// The certificate in use, null before the hello.
  public @Nullable ServedCertificate chosen() {
    return chosen;
  }

  @Override
  protected Future<ServedCertificate> lookup(ChannelHandlerContext ctx, @Nullable ByteBuf bytes)
      throws Exception {
    hello = bytes == null ? ClientHello.NONE : ClientHello.read(bytes);
    return super.lookup(ctx, bytes);
  }

  @Override
  protected Future<ServedCertificate> lookup(ChannelHandlerContext ctx, @Nullable String hostname) {
    if (hostname != null && hostname.indexOf('*') >= 0) {
      return ImmediateEventExecutor.INSTANCE.newFailedFuture(NO_HOST_NAME);
    }
    serverName = hostname;
    ServedCertificate certificate = index.get().match(hostname);
    if (certificate == null) {
      return ImmediateEventExecutor.INSTANCE.newFailedFuture(UNKNOWN_NAME);
    }
    certificate = certificate.suitedTo(hello);
    chosen = certificate;
    return ImmediateEventExecutor.INSTANCE.newSucceededFuture(certificate);
  }

  @Override
  protected void onLookupComplete(
      ChannelHandlerContext ctx, @Nullable String hostname, Future<ServedCertificate> future)
      throws Exception {
    if (!future.isSuccess()) {
      ctx.writeAndFlush(ctx.alloc().buffer(ALERT.length).writeBytes(ALERT))
          .addListener(ChannelFutureListener.CLOSE);
      return;
    }
    SslHandler handler = future.getNow().newHandler(ctx.alloc(), hello);
    long spent = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNanos);
    handler.setHandshakeTimeoutMillis(Math.max(1, HANDSHAKE_MILLIS - spent));
    boolean placed = false;
    try {
      ctx.pipeline().replace(this, "ssl", handler);
      placed = true;
    } finally {
      if (!placed) { // the connection was closed meanwhile: nobody else would free the engine
        ReferenceCountUtil.safeRelease(handler.engine());
      }
    }
  }
}
