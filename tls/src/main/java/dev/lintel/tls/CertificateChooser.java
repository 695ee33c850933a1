package dev.lintel.tls;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.ssl.AbstractSniHandler;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
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

  private static final SSLException GIVEN_UP =
      new SSLException("the connection ended before its turn");

  private final Supplier<CertificateIndex> index;
  private final HandshakeTurn turn;
  private final long startNanos;
  private ClientHello hello = ClientHello.NONE;
  private @Nullable String serverName;
  private @Nullable ServedCertificate chosen;

  /// For one connection.
  ///
  /// @param index asked once, when the hello is complete: the index of the present configuration
  public CertificateChooser(Supplier<CertificateIndex> index) {
    this(index, HandshakeTurn.NOW, System.nanoTime());
  }

  /// For one connection, which may have to wait for its turn.
  ///
  /// @param index asked once, when it is its turn: the index of the present configuration
  /// @param turn awaited when the hello is complete
  /// @param startNanos when its ten seconds began, by [System#nanoTime]
  public CertificateChooser(Supplier<CertificateIndex> index, HandshakeTurn turn, long startNanos) {
    super(LONGEST_HELLO, HANDSHAKE_MILLIS);
    this.index = index;
    this.turn = turn;
    this.startNanos = startNanos;
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
    Promise<ServedCertificate> choice = ctx.executor().newPromise();
    turn.await(() -> choose(hostname, choice), () -> choice.setFailure(GIVEN_UP));
    return choice;
  }

  private void choose(@Nullable String hostname, Promise<ServedCertificate> choice) {
    ServedCertificate certificate;
    try {
      certificate = certificate(hostname);
    } catch (SSLException | RuntimeException e) {
      choice.setFailure(e);
      return;
    }
    choice.setSuccess(certificate);
  }

  /// By the configuration of this moment: that of the hello may be gone.
  private ServedCertificate certificate(@Nullable String hostname) throws SSLException {
    if (hostname != null && hostname.indexOf('*') >= 0) {
      throw NO_HOST_NAME;
    }
    serverName = hostname;
    ServedCertificate certificate = index.get().match(hostname);
    if (certificate == null) {
      throw UNKNOWN_NAME;
    }
    certificate = certificate.suitedTo(hello);
    chosen = certificate;
    return certificate;
  }

  @Override
  protected void onLookupComplete(
      ChannelHandlerContext ctx, @Nullable String hostname, Future<ServedCertificate> future)
      throws Exception {
    if (!future.isSuccess()) {
      if (!ctx.channel().isActive()) {
        return;
      }
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
