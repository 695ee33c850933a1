package dev.lintel.ingress;

import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.List;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;

/// The JDK's TLS as a client of HTTP/1.1 that takes any certificate, and remembers the sessions it
/// had.
final class TlsClient {
  private static final String MARK = "seen";

  private final SSLContext context;

  TlsClient() throws GeneralSecurityException {
    this(null);
  }

  /// One with a certificate.
  TlsClient(KeyManager @Nullable [] keys) throws GeneralSecurityException {
    TrustManager[] all = InsecureTrustManagerFactory.INSTANCE.getTrustManagers();
    context = SSLContext.getInstance("TLS");
    context.init(keys, Arrays.copyOf(all, 1), null);
  }

  /// What came of one connection with one request.
  ///
  /// @param resumed whether the handshake resumed an earlier session of this client
  /// @param staples the OCSP answers that came with the certificate
  record Visit(boolean resumed, List<byte[]> staples, String answer) {
    int status() {
      return Integer.parseInt(answer.substring(9, 12));
    }
  }

  /// Connects to a port of this machine, for a host, and asks for `/`.
  Visit visit(int port, String host, String protocol) throws IOException {
    Socket plain = new Socket(InetAddress.getLoopbackAddress(), port);
    plain.setSoTimeout(20_000);
    try (SSLSocket socket =
        (SSLSocket) context.getSocketFactory().createSocket(plain, host, port, true)) {
      socket.setEnabledProtocols(new String[] {protocol});
      SSLParameters parameters = socket.getSSLParameters();
      parameters.setServerNames(List.of(new SNIHostName(host)));
      socket.setSSLParameters(parameters);
      socket.startHandshake();
      boolean resumed = socket.getSession().getValue(MARK) != null;
      socket.getSession().putValue(MARK, MARK); // a resumed session has the values of the first one
      List<byte[]> staples =
          socket.getSession() instanceof ExtendedSSLSession session
              ? session.getStatusResponses()
              : List.of();
      return new Visit(resumed, staples, ask(socket, host));
    }
  }

  /// Reads to the end: the ticket of TLS 1.3 comes after the handshake.
  private static String ask(SSLSocket socket, String host) throws IOException {
    String request = "GET / HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n";
    socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
    try {
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
    } catch (SocketException e) {
      throw new IOException("no answer from " + host, e);
    }
  }
}
