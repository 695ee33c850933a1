package dev.lintel.tls;

import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import javax.net.ssl.SSLException;

/// TLS towards upstreams.
public final class UpstreamTls {
  private UpstreamTls() {}

  /// What offers HTTP/2 and nothing else, over TLS 1.2 or 1.3, and takes any certificate: nginx
  /// does so unless it is told to verify.
  ///
  /// @throws IllegalStateException where the TLS library refuses its own presets
  public static SslContext unverifiedHttp2() {
    try {
      return unverified()
          .applicationProtocolConfig(
              new ApplicationProtocolConfig(
                  Protocol.ALPN,
                  SelectorFailureBehavior.NO_ADVERTISE,
                  SelectedListenerFailureBehavior.ACCEPT,
                  ApplicationProtocolNames.HTTP_2))
          .build();
    } catch (SSLException e) {
      throw new IllegalStateException(e);
    }
  }

  /// The same for HTTP/1.1, without a word about protocols.
  ///
  /// @throws IllegalStateException where the TLS library refuses its own presets
  public static SslContext unverifiedHttp1() {
    try {
      return unverified().build();
    } catch (SSLException e) {
      throw new IllegalStateException(e);
    }
  }

  private static SslContextBuilder unverified() {
    return SslContextBuilder.forClient()
        .sslProvider(SslProvider.OPENSSL_REFCNT)
        .trustManager(InsecureTrustManagerFactory.INSTANCE)
        .endpointIdentificationAlgorithm(null)
        .protocols("TLSv1.2", "TLSv1.3");
  }
}
