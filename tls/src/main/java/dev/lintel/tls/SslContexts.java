package dev.lintel.tls;

import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.OpenSslCachingX509KeyManagerFactory;
import io.netty.handler.ssl.OpenSslContextOption;
import io.netty.handler.ssl.OpenSslServerSessionContext;
import io.netty.handler.ssl.ReferenceCountedOpenSslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.util.KeyManagerFactoryWrapper;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;
import javax.net.ssl.SSLException;

/// Every certificate served, one context for each pair of key material and policy: an equal pair
/// gets the same object, so that changing one host rebuilds none of a thousand.
///
/// The methods are for the control plane's thread; contexts may be built on any thread.
public final class SslContexts implements AutoCloseable {
  private record Pair(String fingerprint, TlsPolicy policy) {}

  private final Map<Pair, ServedCertificate> served = new HashMap<>();
  private volatile TicketKeys ticketKeys;

  /// No certificate yet.
  ///
  /// @param ticketKeys shared by all contexts
  public SslContexts(TicketKeys ticketKeys) {
    this.ticketKeys = ticketKeys;
  }

  /// The certificate under that policy, the same object for equal arguments until it is retired.
  public synchronized ServedCertificate of(KeyMaterial material, TlsPolicy policy) {
    return served.computeIfAbsent(
        new Pair(material.fingerprint(), policy),
        pair -> new ServedCertificate(material, pair.policy(), this));
  }

  /// Retires every certificate that the index does not have. To be called when the configuration
  /// with this index has been published; connections and handshakes under way go on.
  public synchronized void keepOnly(CertificateIndex index) {
    Set<ServedCertificate> kept = new HashSet<>(index.all());
    for (Iterator<ServedCertificate> all = served.values().iterator(); all.hasNext(); ) {
      ServedCertificate certificate = all.next();
      if (!kept.contains(certificate)) {
        certificate.retire();
        all.remove();
      }
    }
  }

  /// From now on tickets are sealed with these keys, in all contexts.
  public synchronized void renewTicketKeys(TicketKeys keys) {
    ticketKeys = keys;
    for (ServedCertificate certificate : served.values()) {
      certificate.renewTicketKeys(keys);
    }
  }

  /// Retires everything: for the end of the process.
  @Override
  public synchronized void close() {
    for (ServedCertificate certificate : served.values()) {
      certificate.retire();
    }
    served.clear();
  }

  /// How many pairs of certificate and policy are served.
  public synchronized int size() {
    return served.size();
  }

  /// A key store for each certificate, which is what Netty makes of a key and a chain, would cost
  /// milliseconds each; and without a trust manager of our own every context would hold the JDK's
  /// certificate authorities.
  ReferenceCountedOpenSslContext build(KeyMaterial material, TlsPolicy policy) throws SSLException {
    ReferenceCountedOpenSslContext context =
        (ReferenceCountedOpenSslContext)
            SslContextBuilder.forServer(
                    new OpenSslCachingX509KeyManagerFactory(
                        new KeyManagerFactoryWrapper(new OneKey(material))))
                .sslProvider(SslProvider.OPENSSL_REFCNT)
                .trustManager(NoClients.INSTANCE)
                .protocols(policy.protocols())
                .ciphers(policy.ciphers())
                .option(OpenSslContextOption.GROUPS, policy.groups().toArray(String[]::new))
                .applicationProtocolConfig(alpn(policy))
                .sessionTimeout(policy.sessionSeconds())
                .sessionCacheSize(policy.sessionCacheSize())
                .build();
    OpenSslServerSessionContext sessions = (OpenSslServerSessionContext) context.sessionContext();
    sessions.setSessionIdContext(policy.sessionContext());
    sessions.setTicketKeys(ticketKeys.toArray());
    return context;
  }

  private static ApplicationProtocolConfig alpn(TlsPolicy policy) {
    return new ApplicationProtocolConfig(
        Protocol.ALPN,
        SelectorFailureBehavior.NO_ADVERTISE,
        SelectedListenerFailureBehavior.ACCEPT,
        policy.applicationProtocols());
  }
}
