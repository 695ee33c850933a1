package dev.lintel.ingress;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// How requests are written for upstreams, how their connections are kept, and what is replaced in
/// their answers.
@ExtendWith(LeakCheck.class)
class UpstreamHttpIT {

  @TempDir private Path folder;
  private final List<String> manifests = new ArrayList<>();
  private final List<String> requests = new CopyOnWriteArrayList<>();
  private final List<Socket> accepted = new CopyOnWriteArrayList<>();
  private final AtomicInteger connections = new AtomicInteger();
  private final AtomicInteger ends = new AtomicInteger();
  private volatile String fields = "";
  private ServerSocket server;
  private IngressSite site;

  @BeforeEach
  void listen() throws IOException {
    server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(this::accept);
    manifests.add(IngressSite.service("origin", server.getLocalPort(), "127.0.0.1"));
  }

  @AfterEach
  void close() throws IOException {
    site.close();
    server.close();
    for (Socket each : accepted) {
      each.close();
    }
  }

  private void accept() {
    try {
      while (true) {
        Socket socket = server.accept();
        accepted.add(socket);
        connections.incrementAndGet();
        Thread.ofVirtual().start(() -> serve(socket));
      }
    } catch (IOException _) {
      // the test is over
    }
  }

  /// Keeps the connection in any case: it is Lintel that has to close it.
  private void serve(Socket socket) {
    try {
      InputStream in = socket.getInputStream();
      while (true) {
        StringBuilder request = new StringBuilder();
        while (request.indexOf("\r\n\r\n") < 0) {
          int b = in.read();
          if (b < 0) {
            ends.incrementAndGet();
            return;
          }
          request.append((char) b);
        }
        int at = request.indexOf("Content-Length: ");
        if (at >= 0) {
          int end = request.indexOf("\r\n", at);
          byte[] body = in.readNBytes(Integer.parseInt(request.substring(at + 16, end)));
          request.append(new String(body, StandardCharsets.ISO_8859_1));
        }
        requests.add(request.toString());
        socket
            .getOutputStream()
            .write(
                ("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n" + fields + "\r\nok")
                    .getBytes(StandardCharsets.ISO_8859_1));
      }
    } catch (IOException _) {
      // the other side is gone
    }
  }

  private void start(String... annotations) throws Exception {
    manifests.add(IngressSite.ingressTo("origin", "a.test", annotations));
    site = IngressSite.start(folder, manifests.toArray(String[]::new));
  }

  @Test
  void withHttp10EachRequestHasAConnectionOfItsOwn() throws Exception {
    start("proxy-http-version: 1.0");

    for (int i = 0; i < 3; i++) {
      assertThat(site.status("a.test", "/x?y=z", "")).isEqualTo("200");
    }
    assertThat(connections).hasValue(3);
    assertThat(requests)
        .allMatch(request -> request.startsWith("GET /x?y=z HTTP/1.0\r\n"))
        .noneMatch(request -> request.contains("\r\nConnection:"));
  }

  @Test
  void withHttp10BodiesHaveALength() throws Exception {
    start("proxy-http-version: 1.0");

    assertThat(site.status("a.test", "/", "-d a=b")).isEqualTo("200");
    assertThat(site.status("a.test", "/", "-H 'Transfer-Encoding: chunked' -d a=b"))
        .isEqualTo("200");
    assertThat(site.status("a.test", "/", "-X POST -H 'Transfer-Encoding: chunked' -d ''"))
        .isEqualTo("200");
    String large = "-H 'Transfer-Encoding: chunked' --data-binary @" + large(10_000);
    assertThat(site.status("a.test", "/", large)).isEqualTo("200");
    assertThat(requests).allMatch(request -> !request.contains("Transfer-Encoding"));
    assertThat(requests.get(0)).endsWith("\r\n\r\na=b");
    assertThat(requests.get(1)).contains("\r\nContent-Length: 3\r\n").endsWith("\r\n\r\na=b");
    assertThat(requests.get(2)).contains("\r\nContent-Length: 0\r\n").endsWith("\r\n\r\n");
    assertThat(requests.get(3)).contains("\r\nContent-Length: 10000\r\n").endsWith("xxx");

    String tooLarge = "-H 'Transfer-Encoding: chunked' --data-binary @" + large(100_000);
    assertThat(site.status("a.test", "/", tooLarge)).isEqualTo("411");
    assertThat(site.status("a.test", "/", "--data-binary @" + large(100_000))).isEqualTo("200");
    assertThat(requests).hasSize(5);
  }

  private static Path large(int bytes) throws IOException {
    Path file = Files.createTempFile("body", ".txt");
    file.toFile().deleteOnExit();
    return Files.writeString(file, "x".repeat(bytes));
  }

  @Test
  void withHttp10NoOtherProtocolIsAskedFor() throws Exception {
    start("proxy-http-version: 1.0");

    site.status("a.test", "/", "-H 'Connection: Upgrade' -H 'Upgrade: websocket'");
    assertThat(requests).hasSize(1);
    assertThat(requests.getFirst()).doesNotContain("pgrade");
  }

  @Test
  void aConnectionServesAsManyRequestsAsItMay() throws Exception {
    manifests.add(IngressSite.config("upstream-keepalive-requests: '2'"));
    start();

    for (int i = 0; i < 12; i++) {
      assertThat(site.status("a.test", "/", "")).isEqualTo("200");
    }
    assertThat(connections.get()).isBetween(6, 12);
  }

  @Test
  void aConnectionWaitsNoLongerThanItMay() throws Exception {
    manifests.add(IngressSite.config("upstream-keepalive-timeout: '1'"));
    start();

    assertThat(site.status("a.test", "/", "")).isEqualTo("200");
    assertThat(ends).hasValue(0);
    for (int i = 0; i < 200 && ends.get() == 0; i++) {
      Thread.sleep(50);
    }
    assertThat(ends).hasValue(1);
  }

  @Test
  void withoutKeptConnectionsTheUpstreamIsTold() throws Exception {
    manifests.add(IngressSite.config("upstream-keepalive-connections: '0'"));
    start();

    assertThat(site.status("a.test", "/", "")).isEqualTo("200");
    assertThat(site.status("a.test", "/", "")).isEqualTo("200");
    assertThat(connections).hasValue(2);
    assertThat(requests).allMatch(request -> request.contains("\r\nConnection: close\r\n"));
  }

  @Test
  void aFixedConnectionIsWrittenButForOtherProtocols() throws Exception {
    start("connection-proxy-header: keep-alive");

    site.status("a.test", "/", "");
    site.status("a.test", "/", "-H 'Connection: Upgrade' -H 'Upgrade: websocket'");
    assertThat(requests.get(0)).contains("\r\nConnection: keep-alive\r\n");
    assertThat(requests.get(1))
        .contains("\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n")
        .doesNotContain("keep-alive");
  }

  @Test
  void redirectsOfTheUpstreamAreEdited() throws Exception {
    fields =
        "Location: http://10.0.0.7:8080/login?next=/\r\n"
            + "Refresh: 5; url=http://10.0.0.7:8080/slow\r\n";
    start("proxy-redirect-from: http://10.0.0.7:8080/", "proxy-redirect-to: $scheme://$host/app/");

    assertThat(site.answer("a.test", "/", ""))
        .contains("Location: http://a.test/app/login?next=/\r\n")
        .contains("Refresh: 5; url=http://a.test/app/slow\r\n");
    fields = "Location: http://elsewhere.test/\r\n";
    assertThat(site.answer("a.test", "/", "")).contains("Location: http://elsewhere.test/\r\n");
  }

  @Test
  void ownRedirectsAreNotEdited() throws Exception {
    start(
        "proxy-redirect-from: https://", "proxy-redirect-to: http://", "force-ssl-redirect: true");

    assertThat(site.answer("a.test", "/x", "")).contains("Location: https://a.test");
    assertThat(requests).isEmpty();
  }

  @Test
  void cookiesOfTheUpstreamAreEdited() throws Exception {
    fields =
        "Set-Cookie: a=1; Path=/app/x; Domain=.Internal.test; HttpOnly\r\n"
            + "Set-Cookie: b=/app/; path = /other\r\n"
            + "Set-Cookie: c=3\r\n";
    start("proxy-cookie-domain: internal.test shop.test", "proxy-cookie-path: /app/ /");

    assertThat(site.answer("a.test", "/", ""))
        .containsIgnoringCase("set-cookie: a=1; Path=/x; Domain=shop.test; HttpOnly\r\n")
        .containsIgnoringCase("set-cookie: b=/app/; path = /other\r\n")
        .containsIgnoringCase("set-cookie: c=3\r\n")
        .doesNotContainIgnoringCase("internal");
  }
}
