package dev.lintel.tls;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.codec.quic.BoringSSLContextOption;
import io.netty.handler.codec.quic.QuicSslContext;
import io.netty.handler.codec.quic.QuicSslContextBuilder;
import io.netty.handler.codec.quic.QuicSslEngine;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.HashSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Supplier;
import javax.net.ssl.KeyManagerFactory;
import org.jspecify.annotations.Nullable;

/// The certificates of an index for handshakes of QUIC (RFC 9001), which has a TLS library of its
/// own: each is loaded there by its first handshake. Shared by all event loops.
///
/// Nobody is asked for a client certificate here, TLS is always 1.3, and there is no early data.
public final class QuicContexts {
  private final Supplier<CertificateIndex> index;
  private final String protocol;
  private final ConcurrentMap<ServedCertificate, QuicSslContext> contexts =
      new ConcurrentHashMap<>();
  private final QuicSslContext byName;

  /// Nothing loaded yet.
  ///
  /// @param index asked by each handshake: the index of the present configuration
  /// @param protocol what is agreed on by ALPN, and nothing else
  public QuicContexts(Supplier<CertificateIndex> index, String protocol) {
    this.index = index;
    this.protocol = protocol;
    this.byName =
        QuicSslContextBuilder.forServer(noKeys(), null)
            .trustManager(NobodyTrusted.INSTANCE)
            .sni(this::choose)
            .applicationProtocols(protocol)
            .earlyData(false)
            .build();
  }

  /// What a handshake begins with, until the client has named a host.
  private static KeyManagerFactory noKeys() {
    try {
      KeyStore none = KeyStore.getInstance(KeyStore.getDefaultType());
      none.load(null, null);
      KeyManagerFactory keys =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      keys.init(none, new char[0]);
      return keys;
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException("every Java can hold no keys", e);
    }
  }

  /// An engine for one connection, which gets its certificate when the client has named a host.
  public QuicSslEngine newEngine(ByteBufAllocator allocator) {
    return byName.newEngine(allocator);
  }

  /// Lets go of the certificates that an index does not have; connections keep theirs.
  public void keepOnly(CertificateIndex kept) {
    contexts.keySet().retainAll(new HashSet<>(kept.all()));
  }

  /// How many certificates are loaded.
  public int size() {
    return contexts.size();
  }

  /// As in [CertificateChooser]: null refuses the handshake.
  private @Nullable QuicSslContext choose(@Nullable String serverName) {
    if (serverName != null && serverName.indexOf('*') >= 0) {
      return null;
    }
    ServedCertificate served = index.get().match(serverName);
    return served == null ? null : contexts.computeIfAbsent(served, this::load);
  }

  private QuicSslContext load(ServedCertificate served) {
    return QuicSslContextBuilder.forServer(new OneKey(served.material()), null)
        .trustManager(NobodyTrusted.INSTANCE)
        .option(BoringSSLContextOption.GROUPS, served.policy().groups().toArray(String[]::new))
        .applicationProtocols(protocol)
        .earlyData(false)
        .build();
  }
}
