package dev.lintel.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// The port for HTTPS.
@ExtendWith(LeakCheck.class)
class TlsIT {
  private static final SSLContext CONTEXT = context();

  @Test
  void requestsAreAnsweredOverTls() throws Exception {
    try (Backend backend = Backend.saying("hello");
        TestProxy proxy = new TestProxy(backend);
        TestClient client = new TestClient(connect(proxy, "a.test", "http/1.1"))) {
      assertThat(client.get("/").text()).isEqualTo("hello");
      assertThat(client.get("/").text()).isEqualTo("hello");
      assertThat(backend.requests.getFirst().field("X-Forwarded-Proto")).isEqualTo("https");
      assertThat(backend.requests.getFirst().field("X-Forwarded-Port"))
          .isEqualTo(Integer.toString(proxy.server.httpsPort()));
    }
  }

  @Test
  void longBodiesPassOverTls() throws Exception {
    byte[] body = "0123456789".repeat(90_000).getBytes();
    try (Backend backend =
            new Backend(
                (request, _, out) -> {
                  out.write(
                      Backend.bytes(
                          "HTTP/1.1 200 OK\r\nContent-Length: "
                              + request.body().length
                              + "\r\n\r\n"));
                  out.write(request.body());
                });
        TestProxy proxy = new TestProxy(backend);
        TestClient client = new TestClient(connect(proxy, "a.test", "http/1.1"))) {
      client.send("POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: " + body.length + "\r\n\r\n");
      client.send(body);
      assertThat(client.read().body()).isEqualTo(body);
    }
  }

  @Test
  void theLastResponseArrivesBeforeTheConnectionCloses() throws Exception {
    try (Backend backend = Backend.saying("hello");
        TestProxy proxy = new TestProxy(backend);
        TestClient client = new TestClient(connect(proxy, "a.test", "http/1.1"))) {
      client.send("GET / HTTP/1.1\r\nHost: a.test\r\nConnection: close\r\n\r\n");
      assertThat(client.read().text()).isEqualTo("hello");
      assertThat(client.isClosed()).isTrue();
      try (TestClient other = new TestClient(connect(proxy, "a.test", "http/1.1"))) {
        other.send("POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 9000000\r\n\r\n");
        other.send(new byte[1000]);
        assertThat(other.read().status()).isEqualTo(413);
        assertThat(other.isClosed()).isTrue();
      }
    }
  }

  @Test
  void plainHttpIsToldWhatItDidWrong() throws Exception {
    try (Backend backend = Backend.saying("hello");
        TestProxy proxy = new TestProxy(backend);
        TestClient client = new TestClient(proxy.server.httpsPort())) {
      TestClient.Response response = client.get("/");
      assertThat(response.status()).isEqualTo(400);
      assertThat(response.text()).contains("plain HTTP request was sent to HTTPS port");
      assertThat(client.isClosed()).isTrue();
    }
  }

  @Test
  void aHelloInPiecesIsPutTogether() throws Exception {
    try (Backend backend = Backend.saying("hello");
        TestProxy proxy = new TestProxy(backend);
        Socket slow =
            new Socket(InetAddress.getLoopbackAddress(), proxy.server.httpsPort()) {
              @Override
              public java.io.OutputStream getOutputStream() throws IOException {
                java.io.OutputStream out = super.getOutputStream();
                return new java.io.OutputStream() {
                  @Override
                  public void write(int b) throws IOException {
                    out.write(b);
                  }

                  @Override
                  public void write(byte[] bytes, int from, int length) throws IOException {
                    for (int i = from; i < from + length; i += 7) {
                      out.write(bytes, i, Math.min(7, from + length - i));
                      out.flush();
                    }
                  }
                };
              }
            }) {
      slow.setTcpNoDelay(true);
      SSLSocket socket =
          (SSLSocket)
              context()
                  .getSocketFactory()
                  .createSocket(slow, "a.test", proxy.server.httpsPort(), true);
      try (TestClient client = new TestClient(socket)) {
        assertThat(client.get("/").text()).isEqualTo("hello");
      }
    }
  }

  @Test
  void garbageInsteadOfAHelloClosesTheConnection() throws Exception {
    try (Backend backend = Backend.saying("hello");
        TestProxy proxy = new TestProxy(backend);
        TestClient client = new TestClient(proxy.server.httpsPort());
        TestClient fine = new TestClient(connect(proxy, "a.test", "http/1.1"))) {
      client.send(new byte[] {0x16, 3, 1, (byte) 0xff, (byte) 0xff, 1, 2, 3, 4, 5});
      client.send(new byte[70_000]);
      assertThat(client.isClosed() || client.raw(100_000).length < 100).isTrue();
      assertThat(fine.get("/").text()).isEqualTo("hello");
    }
  }

  static SSLSocket connect(TestProxy proxy, String name, String protocol) throws IOException {
    SSLSocket socket =
        (SSLSocket)
            CONTEXT
                .getSocketFactory()
                .createSocket(InetAddress.getLoopbackAddress(), proxy.server.httpsPort());
    SSLParameters parameters = socket.getSSLParameters();
    parameters.setServerNames(List.of(new SNIHostName(name)));
    parameters.setApplicationProtocols(new String[] {protocol});
    socket.setSSLParameters(parameters);
    return socket;
  }

  static SSLContext context() {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, new TrustManager[] {new Anybody()}, new SecureRandom());
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /// Trusts the certificate that the test made for itself.
  private static final class Anybody extends X509ExtendedTrustManager {
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
