package dev.lintel.tls;

import dev.lintel.tls.TlsPolicy.Tickets;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.ReferenceCountedOpenSslContext;
import io.netty.handler.ssl.ReferenceCountedOpenSslEngine;
import io.netty.handler.ssl.SslHandler;
import io.netty.internal.tcnative.SSL;
import java.security.interfaces.ECPublicKey;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/// A certificate under a policy, and the SSL context that serves it, shared by all event loops.
///
/// The context lives in native memory. It is built by [#warm] or by the first handshake, and freed
/// when the certificate is retired and the last connection made from it has ended. A configuration
/// of the past may still hand out a retired certificate: that handshake gets a context of its own.
public final class ServedCertificate {
  private static final String TLS_1_3 = "TLSv1.3";

  private final KeyMaterial material;
  private final TlsPolicy policy;
  private final @Nullable ClientTrust clients;
  private final @Nullable ServedCertificate rsa;
  private final int signature;
  private final int suites;
  private final SslContexts owner;
  private @Nullable ReferenceCountedOpenSslContext context;
  private boolean retired;
  private volatile byte @Nullable [] staple;

  ServedCertificate(
      KeyMaterial material,
      @Nullable ServedCertificate rsa,
      TlsPolicy policy,
      @Nullable ClientTrust clients,
      SslContexts owner) {
    this.material = material;
    this.policy = policy;
    this.clients = clients;
    this.owner = owner;
    this.rsa = rsa;
    this.signature =
        rsa != null && material.leaf().getPublicKey() instanceof ECPublicKey key
            ? ClientHello.signature(key.getParams().getOrder().bitLength())
            : 0;
    this.suites = ClientHello.suites(policy.ciphers());
  }

  /// The certificate and its key.
  public KeyMaterial material() {
    return material;
  }

  /// What is offered in the handshake.
  public TlsPolicy policy() {
    return policy;
  }

  /// Which client certificates are taken, or null where none is asked for.
  public @Nullable ClientTrust clients() {
    return clients;
  }

  /// The RSA certificate for clients that do not take this one; null where there is none.
  @Nullable ServedCertificate rsa() {
    return rsa;
  }

  /// This one, or the RSA certificate for a client that does not take ECDSA.
  ServedCertificate suitedTo(ClientHello hello) {
    return rsa == null || hello.takesEcdsa(speaks13(hello), signature, suites) ? this : rsa;
  }

  private boolean speaks13(ClientHello hello) {
    return hello.offersTls13() && policy.protocols().contains(TLS_1_3);
  }

  /// Whether it is there, so that nothing has to be computed to use it.
  public boolean isMade() {
    return material.isMade();
  }

  /// The OCSP answer that handshakes carry from now on, where clients ask for one (RFC 6066, 8);
  /// null for none. From any thread; the bytes are not to be changed.
  public void staple(byte @Nullable [] answer) {
    staple = answer;
  }

  /// Builds the context now, off the event loops, so that the first handshake need not; not of a
  /// certificate that is still to be made.
  ///
  /// @throws SSLException where the TLS library refuses the certificate or the policy
  public synchronized void warm() throws SSLException {
    if (context == null && !retired && material.isMade()) {
      context = owner.build(this);
    }
  }

  /// A handler for one connection; it keeps the context alive until it is removed.
  ///
  /// One switch rules the tickets of both versions of TLS, so it is set for each connection. Netty
  /// sets the server's order of ciphers in every context; the client knows better what it has in
  /// hardware.
  ///
  /// @param hello what the client said
  /// @throws SSLException where the context had to be built and could not
  SslHandler newHandler(ByteBufAllocator allocator, ClientHello hello) throws SSLException {
    ReferenceCountedOpenSslContext held = acquire();
    try {
      SslHandler handler = held.newHandler(allocator);
      ReferenceCountedOpenSslEngine engine = (ReferenceCountedOpenSslEngine) handler.engine();
      byte[] answer = staple;
      if (answer != null) {
        engine.setOcspResponse(answer);
      }
      long ssl = engine.sslPointer();
      SSL.clearOptions(ssl, SSL.SSL_OP_CIPHER_SERVER_PREFERENCE);
      if (!givesTickets(speaks13(hello))) {
        SSL.setOptions(ssl, SSL.SSL_OP_NO_TICKET);
      }
      return handler;
    } finally {
      held.release();
    }
  }

  private boolean givesTickets(boolean in13) {
    return policy.tickets() == Tickets.ALL || in13 && policy.tickets() == Tickets.TLS_1_3;
  }

  private synchronized ReferenceCountedOpenSslContext acquire() throws SSLException {
    if (retired) {
      return owner.build(this);
    }
    ReferenceCountedOpenSslContext present = context;
    if (present == null) {
      present = owner.build(this);
      context = present;
    }
    present.retain();
    return present;
  }

  synchronized void renewTicketKeys(TicketKeys keys) {
    if (context != null) {
      context.sessionContext().setTicketKeys(keys.toArray(clients));
    }
  }

  /// Lets go of the context; connections that still use it keep it.
  synchronized void retire() {
    retired = true;
    if (context != null) {
      context.release();
      context = null;
    }
  }

  @Override
  public String toString() {
    return "ServedCertificate[" + material + "]";
  }
}
