package dev.lintel.ingress.admin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lintel.ingress.LeakCheck;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// The admin port, over real sockets.
@ExtendWith(LeakCheck.class)
class AdminServerIT {
  private final AtomicBoolean ready = new AtomicBoolean();
  private @Nullable AdminServer server;

  private AdminServer start(AdminPages.@Nullable Page metrics) throws Exception {
    server =
        new AdminServer(
            new InetSocketAddress(0),
            new AdminPages(
                "/healthz",
                ready::get,
                metrics,
                () -> "host shop.example.com\n",
                () -> "WARNING default/shop\n",
                () -> "10.0.0.1:8080 used\n",
                () -> "generation 3\n"));
    return server;
  }

  @AfterEach
  void stop() {
    if (server != null) {
      server.close();
    }
  }

  private static HttpResponse<String> send(String host, int port, String method, String path)
      throws Exception {
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client.send(
          HttpRequest.newBuilder(URI.create("http://" + host + ":" + port + path))
              .method(method, HttpRequest.BodyPublishers.noBody())
              .build(),
          HttpResponse.BodyHandlers.ofString());
    }
  }

  @Test
  void healthFollowsReadiness() throws Exception {
    int port = start(null).port();

    assertThat(send("127.0.0.1", port, "GET", "/healthz").statusCode()).isEqualTo(500);
    ready.set(true);
    assertThat(send("127.0.0.1", port, "GET", "/healthz").statusCode()).isEqualTo(200);
    assertThat(send("127.0.0.1", port, "HEAD", "/healthz").statusCode()).isEqualTo(200);
    assertThat(send("127.0.0.1", port, "POST", "/healthz").statusCode()).isEqualTo(405);
    assertThat(send("127.0.0.1", port, "GET", "/healthzz").statusCode()).isEqualTo(404);
    assertThat(send("127.0.0.1", port, "GET", "/").statusCode()).isEqualTo(404);
  }

  @Test
  void metricsAreThereWhenTheyAreOn() throws Exception {
    int off = start(null).port();
    assertThat(send("127.0.0.1", off, "GET", "/metrics").statusCode()).isEqualTo(404);
    stop();
    int on = start(out -> out.write("up 1\n".getBytes(StandardCharsets.UTF_8))).port();

    HttpResponse<String> answer = send("127.0.0.1", on, "GET", "/metrics");
    assertThat(answer.body()).isEqualTo("up 1\n");
    assertThat(answer.headers().firstValue("content-type"))
        .hasValueSatisfying(type -> assertThat(type).startsWith("text/plain; version=0.0.4"));
  }

  @Test
  void debugPagesAreForThisHost() throws Exception {
    int port = start(null).port();

    assertThat(send("127.0.0.1", port, "GET", "/debug/plan").body()).contains("shop.example.com");
    assertThat(send("127.0.0.1", port, "GET", "/debug/problems").body()).contains("default/shop");
    assertThat(send("127.0.0.1", port, "GET", "/debug/endpoints").body()).contains("used");
    assertThat(send("127.0.0.1", port, "GET", "/debug/times").body()).contains("generation 3");
  }

  @Test
  void debugPagesAreRefusedToOtherHosts() throws Exception {
    int port = start(null).port();
    String own = ownAddress();
    Assumptions.assumeTrue(own != null, "this machine has no address but loopback");

    // Sent from and to the address of an interface: not loopback, as from another host.
    assertThat(send(own, port, "GET", "/debug/plan").statusCode()).isEqualTo(403);
    assertThat(send(own, port, "GET", "/healthz").statusCode()).isEqualTo(500);
  }

  private static @Nullable String ownAddress() throws Exception {
    return NetworkInterface.networkInterfaces()
        .flatMap(NetworkInterface::inetAddresses)
        .filter(address -> !address.isLoopbackAddress() && address.getAddress().length == 4)
        .map(InetAddress::getHostAddress)
        .findFirst()
        .orElse(null);
  }
}
