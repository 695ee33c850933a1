package dev.lintel.tls;

import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLEngine;

/// Lets a handshake fail whose server is not to be trusted. The name is part of the trust, so it is
/// checked whatever the TLS library is told about the host at the other end.
final class TrustedServers extends NobodyTrusted {
  private final ServerTrust trust;

  TrustedServers(ServerTrust trust) {
    this.trust = trust;
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    trust.check(chain);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    trust.check(chain);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    trust.check(chain);
  }
}
