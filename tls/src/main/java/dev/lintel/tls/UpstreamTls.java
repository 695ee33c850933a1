package dev.lintel.tls;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.OpenSslContextOption;
import io.netty.handler.ssl.ReferenceCountedOpenSslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.netty.handler.ssl.util.KeyManagerFactoryWrapper;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/// TLS towards upstreams under one policy, and the SSL context for it, shared by all event loops.
///
/// The context lives in native memory. It is built by [#warm] or by the first connection, and freed
/// when this is retired and the last connection made from it has ended; a configuration of the past
/// may still make one, which gets a context of its own. The context remembers sessions by endpoint,
/// so that most handshakes are resumed; a session is only ever resumed under the policy by which
/// its certificate was judged.
public final class UpstreamTls {
  private static final long SESSION_SECONDS = 300;
  private static final long SESSIONS = 1_000;
  private static final int LONGEST_CHAIN = 64 * 1024;

  private final UpstreamTlsPolicy policy;
  private final boolean http2;
  private @Nullable ReferenceCountedOpenSslContext context;
  private boolean retired;

  /// Without a context yet.
  ///
  /// @param http2 whether HTTP/2, and nothing else, is agreed on by ALPN; otherwise nothing is said
  public UpstreamTls(UpstreamTlsPolicy policy, boolean http2) {
    this.policy = policy;
    this.http2 = http2;
  }

  /// What is offered and demanded.
  public UpstreamTlsPolicy policy() {
    return policy;
  }

  /// Builds the context now, off the event loops, so that the first connection need not.
  ///
  /// @throws SSLException where the TLS library refuses the certificate or the policy
  public synchronized void warm() throws SSLException {
    if (context == null && !retired) {
      context = build();
    }
  }

  /// A handler for one connection; it keeps the context alive until it is removed. Nobody but its
  /// user watches how long the handshake takes.
  ///
  /// @throws SSLException where the context had to be built and could not
  public SslHandler newHandler(ByteBufAllocator allocator, InetSocketAddress endpoint)
      throws SSLException {
    ReferenceCountedOpenSslContext held = acquire();
    try {
      // The address stands for the endpoint among the sessions; it is no name that could be sent.
      SslHandler handler = held.newHandler(allocator, endpoint.getHostString(), endpoint.getPort());
      handler.setHandshakeTimeoutMillis(0);
      return handler;
    } finally {
      held.release();
    }
  }

  private synchronized ReferenceCountedOpenSslContext acquire() throws SSLException {
    ReferenceCountedOpenSslContext present = context;
    if (present == null) {
      present = build();
      if (retired) {
        return present;
      }
      context = present;
    }
    present.retain();
    return present;
  }

  /// Lets go of the context; connections that still use it keep it.
  public synchronized void retire() {
    retired = true;
    ReferenceCountedOpenSslContext present = context;
    if (present != null) {
      context = null;
      present.release();
    }
  }

  private ReferenceCountedOpenSslContext build() throws SSLException {
    List<String> ciphers = new ArrayList<>(TlsPolicy.CIPHERS_13);
    ciphers.addAll(policy.ciphers());
    SslContextBuilder builder =
        SslContextBuilder.forClient()
            .sslProvider(SslProvider.OPENSSL_REFCNT)
            // Names are checked by the trust, which knows the one that counts.
            .endpointIdentificationAlgorithm(null)
            .protocols(policy.protocols())
            .ciphers(ciphers)
            .option(OpenSslContextOption.MAX_CERTIFICATE_LIST_BYTES, LONGEST_CHAIN)
            .sessionTimeout(SESSION_SECONDS)
            .sessionCacheSize(SESSIONS);
    ServerTrust trust = policy.trust();
    if (trust == null) {
      builder.trustManager(InsecureTrustManagerFactory.INSTANCE);
    } else {
      builder.trustManager(new TrustedServers(trust));
    }
    KeyMaterial own = policy.own();
    if (own != null) {
      builder.keyManager(new KeyManagerFactoryWrapper(new OneKey(own)));
    }
    if (!policy.serverName().isEmpty()) {
      builder.serverName(new SNIHostName(policy.serverName()));
    }
    if (http2) {
      builder.applicationProtocolConfig(
          new ApplicationProtocolConfig(
              Protocol.ALPN,
              SelectorFailureBehavior.NO_ADVERTISE,
              SelectedListenerFailureBehavior.ACCEPT,
              ApplicationProtocolNames.HTTP_2));
    }
    return (ReferenceCountedOpenSslContext) builder.build();
  }

  @Override
  public String toString() {
    return "UpstreamTls[" + policy + "]";
  }
}
