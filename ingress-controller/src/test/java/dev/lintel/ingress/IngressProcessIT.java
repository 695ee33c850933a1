package dev.lintel.ingress;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lintel.ingress.ControllerConfig.Drain;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// One whole Lintel in this process, and how it ends.
@ExtendWith(LeakCheck.class)
class IngressProcessIT {
  private static final String ANSWER = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

  private final CountDownLatch haste = new CountDownLatch(1);
  private ServerSocket backend;
  private final CountDownLatch asked = new CountDownLatch(1);
  private final CountDownLatch answer = new CountDownLatch(1);

  @TempDir private Path folder;

  /// A backend that answers `/slow` only when it may.
  @BeforeEach
  void startBackend() throws IOException {
    backend = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    DemoFolder.copy(
        folder, List.of(backend.getLocalPort(), backend.getLocalPort(), backend.getLocalPort()));
    Thread.ofVirtual()
        .start(
            () -> {
              try {
                while (true) {
                  Socket connection = backend.accept();
                  Thread.ofVirtual().start(() -> serve(connection));
                }
              } catch (IOException _) {
                // closed
              }
            });
  }

  private void serve(Socket connection) {
    try (connection) {
      InputStream in = connection.getInputStream();
      while (true) {
        String head = readHead(in);
        if (head.isEmpty()) {
          return;
        }
        if (head.startsWith("GET /slow")) {
          asked.countDown();
          answer.await();
        }
        connection.getOutputStream().write(ANSWER.getBytes(StandardCharsets.US_ASCII));
      }
    } catch (IOException | InterruptedException _) {
      // the proxy closed its side
    }
  }

  @AfterEach
  void stop() throws IOException {
    haste.countDown();
    answer.countDown();
    backend.close();
  }

  private static String readHead(InputStream in) throws IOException {
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    int b;
    while ((b = in.read()) >= 0) {
      head.write(b);
      if (head.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
        return head.toString(StandardCharsets.ISO_8859_1);
      }
    }
    return "";
  }

  private static void send(Socket client, String path) throws IOException {
    OutputStream out = client.getOutputStream();
    out.write(
        ("GET " + path + " HTTP/1.1\r\nHost: hello.localhost\r\n\r\n")
            .getBytes(StandardCharsets.US_ASCII));
  }

  /// The head of a response; its body of two bytes is read as well.
  private static String receive(Socket client) throws IOException {
    String head = readHead(client.getInputStream());
    if (!head.isEmpty()) {
      client.getInputStream().readNBytes(2);
    }
    return head;
  }

  private static Socket connect(int port) throws IOException {
    Socket client = new Socket(InetAddress.getLoopbackAddress(), port);
    client.setSoTimeout(20_000);
    return client;
  }

  private static void awaitHealth(IngressProcess lintel, String status) throws Exception {
    long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    String health;
    do {
      health = Shell.status("http://127.0.0.1:" + lintel.adminPort() + "/healthz");
    } while (!health.equals(status) && System.nanoTime() < deadline);
    assertThat(health).isEqualTo(status);
  }

  private CompletableFuture<Void> drain(IngressProcess lintel) {
    return CompletableFuture.runAsync(
        () -> {
          try {
            lintel.drain(haste);
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
        });
  }

  @Test
  void drainsInOrder() throws Exception {
    Drain patient = new Drain(Duration.ofMillis(1_500), Duration.ofSeconds(60), Duration.ZERO);
    try (IngressProcess lintel =
            IngressProcess.start(FolderConfig.of(folder, patient, "off"), _ -> {});
        Socket slow = connect(lintel.httpPort());
        Socket kept = connect(lintel.httpPort())) {
      awaitHealth(lintel, "200");
      send(slow, "/slow");
      asked.await();
      send(kept, "/");
      assertThat(receive(kept)).startsWith("HTTP/1.1 200").doesNotContain("Connection: close");

      CompletableFuture<Void> drained = drain(lintel);

      awaitHealth(lintel, "500");
      try (Socket late = connect(lintel.httpPort())) {
        send(late, "/");
        assertThat(receive(late)).as("still accepted").startsWith("HTTP/1.1 200");
      }
      String farewell;
      do {
        send(kept, "/");
        farewell = receive(kept);
        assertThat(farewell).startsWith("HTTP/1.1 200");
      } while (!farewell.toLowerCase(java.util.Locale.ROOT).contains("connection: close"));
      assertThat(drained).as("a request is in flight").isNotDone();

      answer.countDown();
      assertThat(receive(slow)).as("nothing in flight is lost").startsWith("HTTP/1.1 200");
      drained.get(20, TimeUnit.SECONDS);
      assertThat(Shell.status("http://hello.localhost:" + lintel.httpPort() + "/"))
          .as("nothing is accepted any more")
          .isEqualTo("000");
    }
  }

  @Test
  void hasteEndsEveryWait() throws Exception {
    Drain endless = new Drain(Duration.ofHours(1), Duration.ofHours(1), Duration.ofHours(1));
    try (IngressProcess lintel =
            IngressProcess.start(FolderConfig.of(folder, endless, "off"), _ -> {});
        Socket slow = connect(lintel.httpPort())) {
      send(slow, "/slow");
      asked.await();
      CompletableFuture<Void> drained = drain(lintel);
      awaitHealth(lintel, "500");
      assertThat(drained).isNotDone();

      haste.countDown();

      drained.get(20, TimeUnit.SECONDS);
    }
  }

  @Test
  void theWarmUpShowsNowhere() throws Exception {
    try (IngressProcess lintel =
        IngressProcess.start(FolderConfig.of(folder, FolderConfig.AT_ONCE, "off"), _ -> {})) {
      awaitHealth(lintel, "200");

      assertThat(Shell.answer("http://127.0.0.1:" + lintel.adminPort() + "/metrics"))
          .contains("nginx_ingress_controller_config_last_reload_successful")
          .doesNotContain("warm-up", "nginx_ingress_controller_requests{");
    }
  }
}
