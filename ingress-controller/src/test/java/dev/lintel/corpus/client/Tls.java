package dev.lintel.corpus.client;

import dev.lintel.tls.TestAuthority.Issued;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509KeyManager;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/// A client of TLS that trusts any certificate of the product and has at most one of its own.
public final class Tls {
  private static final Tls ANYBODY = new Tls(null);

  private final SSLContext context;

  /// @param certificate shown to whoever asks for one; null for none
  public Tls(@Nullable Issued certificate) {
    try {
      context = SSLContext.getInstance("TLS");
      context.init(
          certificate == null ? null : new KeyManager[] {new Own(certificate)},
          new TrustManager[] {new Trusting()},
          null);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /// A connection for a host, with one protocol chosen by ALPN, of a client without a certificate.
  public static SSLSocket connect(int port, String host, String protocol) throws IOException {
    return ANYBODY.open(port, host, protocol);
  }

  /// A connection for a host, with one protocol chosen by ALPN.
  public SSLSocket open(int port, String host, String protocol) throws IOException {
    InetAddress here = InetAddress.getLoopbackAddress();
    Socket plain = new Socket(here, port);
    plain.setTcpNoDelay(true);
    SSLSocket socket =
        (SSLSocket)
            context.getSocketFactory().createSocket(plain, here.getHostAddress(), port, true);
    SSLParameters parameters = socket.getSSLParameters();
    parameters.setServerNames(List.of(new SNIHostName(host)));
    parameters.setApplicationProtocols(new String[] {protocol});
    socket.setSSLParameters(parameters);
    socket.startHandshake();
    return socket;
  }

  private static final class Trusting implements X509TrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }

  /// Shows its certificate whatever authorities the server names.
  private record Own(Issued certificate) implements X509KeyManager {
    private static final String ALIAS = "own";

    @Override
    public String chooseClientAlias(
        String[] types, Principal @Nullable [] issuers, @Nullable Socket socket) {
      return ALIAS;
    }

    @Override
    public String[] getClientAliases(String type, Principal @Nullable [] issuers) {
      return new String[] {ALIAS};
    }

    @Override
    public X509Certificate[] getCertificateChain(String alias) {
      return certificate.chain().toArray(X509Certificate[]::new);
    }

    @Override
    public PrivateKey getPrivateKey(String alias) {
      return certificate.key();
    }

    @Override
    public @Nullable String chooseServerAlias(
        String type, Principal @Nullable [] issuers, @Nullable Socket socket) {
      return null;
    }

    @Override
    public String @Nullable [] getServerAliases(String type, Principal @Nullable [] issuers) {
      return null;
    }
  }
}
