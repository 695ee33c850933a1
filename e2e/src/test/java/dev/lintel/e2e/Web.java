package dev.lintel.e2e;

import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/// Asks one question on a connection of its own, over a plain socket: the address is the load
/// balancer's, host and server name are the question's. Never asks twice.
record Web(String address, int httpPort, int httpsPort) {
  private static final int TIMEOUT_MILLIS = 5_000;

  /// What came back; header names in lower case. The certificate is that of the server, null
  /// without TLS.
  record Answer(
      int status, Map<String, String> headers, String body, @Nullable X509Certificate certificate) {

    String header(String name) {
      return headers.getOrDefault(name, "");
    }

    BigInteger serial() {
      if (certificate == null) {
        throw new AssertionError("asked without TLS");
      }
      return certificate.getSerialNumber();
    }

    /// What the echo backend says that it received.
    Echoed echoed() {
      if (status != 200) {
        throw new AssertionError("status " + status + ": " + body);
      }
      return Serialization.unmarshal(body, Echoed.class);
    }
  }

  record Echoed(
      String pod,
      String version,
      String method,
      String host,
      String path,
      String query,
      Map<String, String> headers,
      String body) {}

  Answer http(String host, String path) throws IOException {
    try (Socket socket = connect(httpPort)) {
      return ask(socket, host, path, null);
    }
  }

  Answer https(String host, String path) throws IOException {
    try (Socket plain = connect(httpsPort);
        SSLSocket socket =
            (SSLSocket)
                trusting().getSocketFactory().createSocket(plain, address, httpsPort, true)) {
      SSLParameters parameters = socket.getSSLParameters();
      parameters.setServerNames(List.of(new SNIHostName(host)));
      socket.setSSLParameters(parameters);
      socket.startHandshake();
      return ask(
          socket, host, path, (X509Certificate) socket.getSession().getPeerCertificates()[0]);
    }
  }

  private Socket connect(int port) throws IOException {
    Socket socket = new Socket();
    socket.connect(new InetSocketAddress(address, port), TIMEOUT_MILLIS);
    socket.setSoTimeout(TIMEOUT_MILLIS);
    return socket;
  }

  private static Answer ask(
      Socket socket, String host, String path, @Nullable X509Certificate certificate)
      throws IOException {
    String request = "GET " + path + " HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n";
    socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
    InputStream in = new BufferedInputStream(socket.getInputStream());
    int status = Integer.parseInt(line(in).split(" ")[1]);
    Map<String, String> headers = new TreeMap<>();
    for (String field = line(in); !field.isEmpty(); field = line(in)) {
      int colon = field.indexOf(':');
      headers.put(
          field.substring(0, colon).toLowerCase(Locale.ROOT), field.substring(colon + 1).strip());
    }
    String body = new String(body(in, headers), StandardCharsets.UTF_8);
    return new Answer(status, headers, body, certificate);
  }

  private static byte[] body(InputStream in, Map<String, String> headers) throws IOException {
    String length = headers.get("content-length");
    if (length != null) {
      return exactly(in, Integer.parseInt(length));
    }
    if (!headers.getOrDefault("transfer-encoding", "").equals("chunked")) {
      return in.readAllBytes();
    }
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    while (true) {
      int size = Integer.parseInt(line(in), 16);
      body.write(exactly(in, size));
      line(in);
      if (size == 0) {
        return body.toByteArray();
      }
    }
  }

  private static byte[] exactly(InputStream in, int size) throws IOException {
    byte[] bytes = in.readNBytes(size);
    if (bytes.length < size) {
      throw new EOFException("body cut after " + bytes.length + " of " + size + " bytes");
    }
    return bytes;
  }

  private static String line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int b = in.read(); b != '\n'; b = in.read()) {
      if (b < 0) {
        throw new EOFException("answer cut after \"" + line + '"');
      }
      if (b != '\r') {
        line.append((char) b);
      }
    }
    return line.toString();
  }

  /// Trusts everything: which certificate is served is what the tests judge. A context of its own
  /// for each question, for the JDK resumes the session of an address whatever the server name is,
  /// and would then tell the certificate of the first.
  private static SSLContext trusting() {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, new TrustManager[] {new TrustsAll()}, null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static final class TrustsAll extends X509ExtendedTrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkClientTrusted(
        X509Certificate[] chain, String type, javax.net.ssl.SSLEngine engine) {}

    @Override
    public void checkServerTrusted(
        X509Certificate[] chain, String type, javax.net.ssl.SSLEngine engine) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
