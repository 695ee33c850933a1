package dev.lintel.ingress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// What the ConfigMap says of TLS, seen by a client: it holds from the next handshake on, and open
/// connections stay.
@ExtendWith(LeakCheck.class)
class TlsPolicyIT {
  private static final String HOST = "shop.test";
  private static final Duration LIVE = Duration.ofSeconds(10);

  @TempDir private Path folder;

  @Test
  void aChangeHoldsFromTheNextHandshakeOn() throws Exception {
    configure("ssl-protocols: TLSv1.3");
    try (IngressSite site = IngressSite.start(folder, IngressSite.ingress(HOST));
        SSLSocket early = connect(site, HOST, "TLSv1.3")) {
      assertThat(ask(early)).startsWith("HTTP/1.1 200 ");
      assertThatThrownBy(() -> connect(site, HOST, "TLSv1.2")).isInstanceOf(SSLException.class);
      connect(site, "unknown.test", "TLSv1.3").close();

      configure(
          "ssl-protocols: TLSv1.2", "ssl-ciphers: ECDHE+CHACHA20", "ssl-reject-handshake: 'true'");

      awaitRefusal(site, HOST, "TLSv1.3");
      try (SSLSocket late = connect(site, HOST, "TLSv1.2")) {
        assertThat(late.getSession().getCipherSuite()).contains("CHACHA20");
        assertThat(ask(late)).startsWith("HTTP/1.1 200 ");
      }
      assertThatThrownBy(() -> connect(site, "unknown.test", "TLSv1.2"))
          .isInstanceOf(SSLException.class)
          .hasMessageContaining("unrecognized_name");
      assertThat(ask(early)).startsWith("HTTP/1.1 200 ");
    }
  }

  private void configure(String... lines) throws IOException {
    StringBuilder data = new StringBuilder();
    for (String line : lines) {
      data.append("  ").append(line).append('\n');
    }
    Path next = folder.resolve(".config");
    Files.writeString(
        next,
        """
        apiVersion: v1
        kind: ConfigMap
        metadata: {namespace: ingress-nginx, name: ingress-nginx-controller}
        data:
        %s"""
            .formatted(data));
    Files.move(next, folder.resolve("config.yaml"), StandardCopyOption.ATOMIC_MOVE);
  }

  private static void awaitRefusal(IngressSite site, String host, String protocol)
      throws Exception {
    long until = System.nanoTime() + LIVE.toNanos();
    while (System.nanoTime() < until) {
      try {
        connect(site, host, protocol).close();
      } catch (SSLException _) {
        return;
      }
      Thread.sleep(20);
    }
    throw new AssertionError(protocol + " is still offered");
  }

  private static SSLSocket connect(IngressSite site, String host, String protocol)
      throws Exception {
    SSLContext context = SSLContext.getInstance("TLS");
    TrustManager[] all = InsecureTrustManagerFactory.INSTANCE.getTrustManagers();
    context.init(null, Arrays.copyOf(all, 1), null);
    Socket plain = new Socket("127.0.0.1", site.httpsPort());
    plain.setSoTimeout(10_000);
    SSLSocket socket =
        (SSLSocket) context.getSocketFactory().createSocket(plain, host, site.httpsPort(), true);
    socket.setEnabledProtocols(new String[] {protocol});
    SSLParameters parameters = socket.getSSLParameters();
    parameters.setServerNames(List.of(new SNIHostName(host)));
    socket.setSSLParameters(parameters);
    socket.startHandshake();
    return socket;
  }

  private static String ask(SSLSocket socket) throws IOException {
    String request = "GET / HTTP/1.1\r\nHost: " + HOST + "\r\n\r\n";
    socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
    byte[] answer = new byte[16_384];
    int length = socket.getInputStream().read(answer);
    return new String(answer, 0, Math.max(0, length), StandardCharsets.ISO_8859_1);
  }
}
