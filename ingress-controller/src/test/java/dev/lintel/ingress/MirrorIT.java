package dev.lintel.ingress;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// Copies of requests, as the target sees them, and what the request itself does not see of them.
@ExtendWith(LeakCheck.class)
class MirrorIT {
  private static final String SHADOW = "http://shadow.default.svc";

  @TempDir private Path folder;

  /// The target of copies: keeps what it saw, and answers what nobody reads.
  private static final class Shadow implements AutoCloseable {
    record Copy(String line, TreeMap<String, List<String>> fields, String body) {
      String field(String name) {
        return String.join(", ", fields.getOrDefault(name, List.of()));
      }
    }

    private final HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final List<Copy> copies = new CopyOnWriteArrayList<>();

    Shadow() throws IOException {
      server.createContext(
          "/",
          exchange -> {
            try (exchange) {
              byte[] body = exchange.getRequestBody().readAllBytes();
              TreeMap<String, List<String>> fields = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
              fields.putAll(exchange.getRequestHeaders());
              copies.add(
                  new Copy(
                      exchange.getRequestMethod() + " " + exchange.getRequestURI(),
                      fields,
                      new String(body, US_ASCII)));
              byte[] answer = "never seen".getBytes(US_ASCII);
              boolean isHead = exchange.getRequestMethod().equals("HEAD");
              exchange.sendResponseHeaders(500, isHead ? -1 : answer.length);
              if (!isHead) {
                exchange.getResponseBody().write(answer);
              }
            }
          });
      server.setExecutor(threads);
      server.start();
    }

    int port() {
      return server.getAddress().getPort();
    }

    List<Copy> await(int count) throws InterruptedException {
      long until = System.nanoTime() + 20_000_000_000L;
      while (copies.size() < count && System.nanoTime() < until) {
        Thread.sleep(10);
      }
      return List.copyOf(copies);
    }

    @Override
    public void close() {
      server.stop(0);
      threads.shutdownNow();
    }
  }

  private IngressSite site(int port, String... annotations) throws Exception {
    return IngressSite.start(
        folder,
        IngressSite.service("shadow", port, "127.0.0.1"),
        IngressSite.ingress("a.test", annotations));
  }

  private static void awaitMetric(IngressSite site, String name, long wanted) throws Exception {
    Pattern sample = Pattern.compile("(?m)^" + name + "\\{.*} (\\d+)$");
    long until = System.nanoTime() + 20_000_000_000L;
    long value = -1;
    while (value != wanted && System.nanoTime() < until) {
      Thread.sleep(20);
      Matcher found =
          sample.matcher(Shell.run("curl -s http://127.0.0.1:" + site.adminPort() + "/metrics"));
      value = found.find() ? Long.parseLong(found.group(1)) : -1;
    }
    assertThat(value).as(name).isEqualTo(wanted);
  }

  @Test
  void aCopyHasThePathTheFieldsAndTheBody() throws Exception {
    try (Shadow shadow = new Shadow();
        IngressSite site = site(shadow.port(), "mirror-target: " + SHADOW + "/$request_uri")) {
      String curl = "-d 'a=1&b=2' -H 'Authorization: Bearer t' -H 'X-Forwarded-Host: evil'";
      assertThat(site.answer("a.test", "/cart?item=7", curl))
          .startsWith("HTTP/1.1 200")
          .contains("answered by web", "a=1&b=2");
      Shadow.Copy copy = shadow.await(1).getFirst();
      assertThat(copy.line()).isEqualTo("POST /cart?item=7");
      assertThat(copy.body()).isEqualTo("a=1&b=2");
      assertThat(copy.field("Host")).isEqualTo("shadow.default.svc");
      assertThat(copy.field("Authorization")).isEqualTo("Bearer t");
      assertThat(copy.field("Content-Length")).isEqualTo("7");
      assertThat(copy.field("X-Request-Id")).hasSize(32);
      assertThat(copy.field("X-Forwarded-Host")).isEmpty();
      awaitMetric(site, "lintel_mirrored_requests_total", 1);
    }
  }

  @Test
  void everyKindOfBodyIsCopiedAndEveryMethod() throws Exception {
    Path large = Files.writeString(folder.resolve("large"), "x".repeat(300_000));
    try (Shadow shadow = new Shadow();
        IngressSite site = site(shadow.port(), "mirror-target: " + SHADOW, "mirror-host: b.test")) {
      assertThat(site.status("a.test", "/get?q", "")).isEqualTo("200");
      assertThat(site.status("a.test", "/head", "-I")).isEqualTo("200");
      String chunked = "-T " + large + " -H 'Transfer-Encoding: chunked'";
      assertThat(site.status("a.test", "/chunked", chunked)).isEqualTo("200");
      assertThat(site.status("a.test", "/length", "-X PATCH --data-binary @" + large))
          .isEqualTo("200");
      List<Shadow.Copy> copies = shadow.await(4);
      assertThat(copies)
          .extracting(Shadow.Copy::line)
          .containsExactlyInAnyOrder("GET /get?q", "HEAD /head", "PUT /chunked", "PATCH /length");
      assertThat(copies).allMatch(copy -> copy.field("Host").equals("b.test"));
      assertThat(copies)
          .filteredOn(copy -> copy.line().startsWith("P"))
          .allMatch(copy -> copy.body().equals("x".repeat(300_000)));
    }
  }

  @Test
  void aCopyGoesWithoutTheBodyWhereThatIsSaid() throws Exception {
    try (Shadow shadow = new Shadow();
        IngressSite site =
            site(
                shadow.port(), "mirror-target: " + SHADOW + "/fixed", "mirror-request-body: off")) {
      assertThat(site.answer("a.test", "/x", "-d secret")).contains("secret");
      Shadow.Copy copy = shadow.await(1).getFirst();
      assertThat(copy.line()).isEqualTo("POST /fixed");
      assertThat(copy.body()).isEmpty();
      assertThat(copy.field("Content-Length")).isEmpty();
    }
  }

  @Test
  void aBodyTooLongIsNotCopiedAndAllOfItGoesThrough() throws Exception {
    Path large = Files.writeString(folder.resolve("large"), "y".repeat((1 << 20) + 1));
    try (Shadow shadow = new Shadow();
        IngressSite site = site(shadow.port(), "mirror-target: " + SHADOW, "proxy-body-size: 4m")) {
      String length = "%{size_download}";
      String size =
          Shell.run(
              "curl -s -o /dev/null -w '"
                  + length
                  + "' -H 'Host: a.test' --data-binary @"
                  + large
                  + " http://127.0.0.1:"
                  + site.httpPort()
                  + "/");
      assertThat(Long.parseLong(size)).isGreaterThan(1 << 20);
      awaitMetric(site, "lintel_mirror_lost_requests_total", 1);
      assertThat(shadow.await(0)).isEmpty();
    }
  }

  @Test
  void aTargetThatHangsOrIsGoneHoldsUpNobodyAndCopiesAreBounded() throws Exception {
    try (ServerSocket hanging = new ServerSocket(0, 512, InetAddress.getLoopbackAddress());
        IngressSite site =
            site(
                hanging.getLocalPort(),
                "mirror-target: " + SHADOW,
                "proxy-read-timeout: 5",
                "proxy-connect-timeout: 1")) {
      // Accepted by the kernel, and never answered: 256 wait on each loop, the others are left out.
      String run =
          "curl -s -o /dev/null -w '%{http_code}\\n' -H 'Host: a.test' 'http://127.0.0.1:"
              + site.httpPort()
              + "/[1-700]' | sort | uniq -c";
      long before = System.nanoTime();
      assertThat(Shell.run(run).strip()).isEqualTo("700 200");
      long millis = (System.nanoTime() - before) / 1_000_000;
      assertThat(millis).as("less than one of them hangs").isLessThan(5_000);
      awaitMetric(site, "lintel_mirror_lost_requests_total", 700);
      hanging.close();
      assertThat(site.status("a.test", "/", "")).isEqualTo("200");
      awaitMetric(site, "lintel_mirror_lost_requests_total", 701);
    }
  }

  /// Answers the first request of each connection, and closes it beneath the second.
  private static void serveOneEach(ServerSocket target, List<String> seen) {
    try {
      while (true) {
        Socket connection = target.accept();
        Thread.ofVirtual()
            .start(
                () -> {
                  try (connection) {
                    seen.add(requestLine(connection));
                    connection
                        .getOutputStream()
                        .write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n".getBytes(US_ASCII));
                    seen.add(requestLine(connection));
                  } catch (IOException _) {
                    // the test ended
                  }
                });
      }
    } catch (IOException _) {
      // the test ended
    }
  }

  /// Reads a request whose body, if it has one, is `body`.
  private static String requestLine(Socket connection) throws IOException {
    StringBuilder text = new StringBuilder();
    while (text.indexOf("\r\n\r\n") < 0
        || text.indexOf("Content-Length: 4") > 0 && !text.toString().endsWith("body")) {
      int b = connection.getInputStream().read();
      if (b < 0) {
        throw new IOException("closed");
      }
      text.append((char) b);
    }
    return text.substring(0, text.indexOf(" HTTP"));
  }

  @Test
  void aCopyThatMayHaveArrivedIsNotSentTwice() throws Exception {
    List<String> seen = new CopyOnWriteArrayList<>();
    try (ServerSocket target = new ServerSocket(0, 64, InetAddress.getLoopbackAddress());
        IngressSite site = site(target.getLocalPort(), "mirror-target: " + SHADOW)) {
      Thread.ofVirtual().start(() -> serveOneEach(target, seen));
      // Of six on two loops at least one is the second on its connection.
      ask(site, "-d body", seen);
      assertThat(seen).containsOnly("POST /").hasSize(6);
      seen.clear();
      ask(site, "", seen);
      assertThat(seen).containsOnly("GET /").hasSizeGreaterThan(6);
    }
  }

  private static void ask(IngressSite site, String curl, List<String> seen) throws Exception {
    for (int i = 0; i < 6; i++) {
      assertThat(site.status("a.test", "/", curl)).isEqualTo("200");
      long until = System.nanoTime() + 10_000_000_000L;
      while (seen.size() <= i && System.nanoTime() < until) {
        Thread.sleep(10);
      }
      Thread.sleep(100);
    }
  }

  @Test
  void noCopyGoesToThisMachine() throws Exception {
    try (Shadow shadow = new Shadow();
        IngressSite site =
            site(
                shadow.port(),
                "mirror-target: http://127.0.0.1:" + shadow.port() + "/",
                "mirror-host: b.test")) {
      assertThat(site.status("a.test", "/", "")).isEqualTo("200");
      Thread.sleep(300);
      assertThat(shadow.await(0)).isEmpty();
    }
  }
}
