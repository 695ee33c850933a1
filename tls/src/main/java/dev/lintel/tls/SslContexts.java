package dev.lintel.tls;

import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.ClientAuth;
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
import org.jspecify.annotations.Nullable;

/// Every certificate served, one context for each key material, policy and trust in clients: equal
/// ones get the same object, so that changing one host rebuilds none of a thousand.
///
/// The methods are for the control plane's thread; contexts may be built on any thread.
public final class SslContexts implements AutoCloseable {
  private static final int LONGEST_CLIENT_CHAIN = 32 * 1024;

  private record Key(
      String fingerprint, @Nullable String rsa, TlsPolicy policy, @Nullable ClientTrust clients) {}

  private final Map<Key, ServedCertificate> served = new HashMap<>();
  private volatile TicketKeys ticketKeys;

  /// No certificate yet.
  ///
  /// @param ticketKeys shared by all contexts
  public SslContexts(TicketKeys ticketKeys) {
    this.ticketKeys = ticketKeys;
  }

  /// The certificate under that policy, the same object for equal arguments until it is retired.
  public ServedCertificate of(KeyMaterial material, TlsPolicy policy) {
    return of(material, policy, null);
  }

  /// The same, which asks clients for a certificate.
  ///
  /// @param clients which ones are taken; null where none is asked for
  public synchronized ServedCertificate of(
      KeyMaterial material, TlsPolicy policy, @Nullable ClientTrust clients) {
    return served.computeIfAbsent(
        new Key(material.fingerprint(), null, policy, clients),
        _ -> new ServedCertificate(material, null, policy, clients, this));
  }

  /// An ECDSA certificate with one for clients that take RSA alone.
  ///
  /// @param clients which ones are taken; null where none is asked for
  public synchronized ServedCertificate of(
      KeyMaterial ecdsa, KeyMaterial rsa, TlsPolicy policy, @Nullable ClientTrust clients) {
    ServedCertificate other = of(rsa, policy, clients);
    return served.computeIfAbsent(
        new Key(ecdsa.fingerprint(), rsa.fingerprint(), policy, clients),
        _ -> new ServedCertificate(ecdsa, other, policy, clients, this));
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

  /// How many certificates are served, each policy and trust of one counted.
  public synchronized int size() {
    return served.size();
  }

  /// A key store for each certificate, which is what Netty makes of a key and a chain, would cost
  /// milliseconds each; and without a trust manager of our own every context would hold the JDK's
  /// certificate authorities.
  ReferenceCountedOpenSslContext build(ServedCertificate of) throws SSLException {
    TlsPolicy policy = of.policy();
    ClientTrust clients = of.clients();
    ReferenceCountedOpenSslContext context =
        (ReferenceCountedOpenSslContext)
            SslContextBuilder.forServer(new KeyManagerFactoryWrapper(new OneKey(of.material())))
                .sslProvider(SslProvider.OPENSSL_REFCNT)
                .trustManager(clients == null ? NobodyTrusted.INSTANCE : new AnyClient(clients))
                .clientAuth(clients == null ? ClientAuth.NONE : ClientAuth.OPTIONAL)
                .option(OpenSslContextOption.MAX_CERTIFICATE_LIST_BYTES, LONGEST_CLIENT_CHAIN)
                .enableOcsp(true) // permits to staple, see ServedCertificate
                .protocols(policy.protocols())
                .ciphers(policy.ciphers())
                .option(OpenSslContextOption.GROUPS, policy.groups().toArray(String[]::new))
                .applicationProtocolConfig(alpn(policy))
                .sessionTimeout(policy.sessionSeconds())
                .sessionCacheSize(Math.max(1, policy.sessionCacheSize())) // Netty reads 0 as "any"
                .build();
    OpenSslServerSessionContext sessions = (OpenSslServerSessionContext) context.sessionContext();
    sessions.setSessionIdContext(policy.sessionContext(clients));
    sessions.setSessionCacheEnabled(policy.sessionCacheSize() > 0);
    sessions.setTicketKeys(ticketKeys.toArray(clients));
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
