package dev.lintel.tls;

import java.net.Socket;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLEngine;

/// Lets every client finish its handshake and names the authorities to it: what its certificate is
/// worth is judged afterwards, by [ClientTrust]. That the client has the key of its certificate is
/// proved in the handshake all the same.
final class AnyClient extends NobodyTrusted {
  private final ClientTrust trust;

  AnyClient(ClientTrust trust) {
    this.trust = trust;
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket) {}

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine) {}

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType) {}

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return trust.authorities();
  }
}
