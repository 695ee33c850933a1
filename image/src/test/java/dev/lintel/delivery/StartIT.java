package dev.lintel.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// How the image starts: from its own files, with its own Java runtime, on this machine.
class StartIT {
  private static final int RUNS = 6;

  @TempDir private static Path folder;
  private static Image image;
  private static SelfSigned tls;
  private static HttpServer backend;

  @BeforeAll
  static void prepare() throws Exception {
    image = Image.unpack(folder);
    tls = SelfSigned.create(folder);
    backend = Requests.backend();
  }

  @AfterAll
  static void end() {
    backend.stop(0);
  }

  @Test
  void controllerTakesItsClassesFromTheCache() throws Exception {
    List<Manifests> objects = Manifests.create(tls, backend.getAddress().getPort());
    try (CannedApiServer api =
        new CannedApiServer(
            tls.context(), objects, new PrintStream(OutputStream.nullOutputStream()))) {
      Path kubeconfig =
          Files.writeString(folder.resolve("kubeconfig"), api.kubeconfig(tls.certificate()));
      int[] ports = Product.freePorts(3);
      assertThat(shareOfCachedClasses("controller", Training.controller(kubeconfig, ports), ports))
          .isGreaterThanOrEqualTo(95);
    }
  }

  @Test
  void serveTakesItsClassesFromTheCache() throws Exception {
    int[] ports = Product.freePorts(3);
    assertThat(shareOfCachedClasses("serve", serve(ports), ports)).isGreaterThanOrEqualTo(95);
  }

  /// Printed, not judged: a time on a machine that others use as well says nothing on its own.
  @Test
  void timeFromExecToTheFirstAnswerOverTlsIsPrinted() throws Exception {
    double[] seconds = new double[RUNS];
    for (int i = 0; i < RUNS; i++) {
      int[] ports = Product.freePorts(3);
      List<String> arguments = serve(ports);
      long start = System.nanoTime();
      Product product =
          Product.start(
              image.root(),
              folder.resolve("start.log"),
              List.of("taskset", "-c", "0"),
              List.of("-XX:AOTCache=app.aot"),
              arguments);
      try {
        String status = firstAnswer(product, ports[1]);
        seconds[i] = (System.nanoTime() - start) / 1e9;
        assertThat(status).isEqualTo("HTTP/1.1 200 OK");
        assertThat(Files.readString(folder.resolve("start.log"))).doesNotContain("[aot]");
      } finally {
        product.process().destroyForcibly().waitFor();
      }
    }
    // The first run warms this client, not the product.
    double[] counted = Arrays.copyOfRange(seconds, 1, RUNS);
    Arrays.sort(counted);
    System.out.printf(
        "serve, one core, exec to first HTTPS 200: median %.0f ms of %s%n",
        counted[counted.length / 2] * 1000,
        Arrays.stream(counted).mapToObj(s -> "%.0f".formatted(s * 1000)).toList());
  }

  private static List<String> serve(int[] ports) throws IOException {
    Path manifests = Files.createDirectories(folder.resolve("manifests"));
    Files.writeString(
        manifests.resolve("all.yaml"),
        Manifests.file(Manifests.create(tls, backend.getAddress().getPort())));
    return Training.serve(manifests, ports);
  }

  private static long shareOfCachedClasses(String what, List<String> arguments, int[] ports)
      throws Exception {
    Path log = folder.resolve("classes-" + what + ".log");
    Product product =
        Product.start(
            image.root(),
            folder.resolve(what + ".log"),
            List.of(),
            List.of("-XX:AOTCache=app.aot", "-Xlog:class+load:file=" + log + ":uptime"),
            arguments);
    try (Requests requests = new Requests(tls.context(), ports[0], ports[1])) {
      product.awaitOpen(ports[1], 60);
      requests.round();
      requests.round();
      assertThat(requests.answers()).containsEntry("GET https /some/page: HTTP_2 200", 2);
    } finally {
      product.stop(60);
    }
    try (Stream<String> lines = Files.lines(log)) {
      List<String> loaded = lines.filter(line -> line.contains(" source: ")).toList();
      List<String> others =
          loaded.stream().filter(line -> !line.contains("source: shared objects file")).toList();
      long share = 100L * (loaded.size() - others.size()) / loaded.size();
      System.out.printf(
          "%s: %d classes, %d not from the cache (%d %% are)%n",
          what, loaded.size(), others.size(), share);
      others.stream().limit(40).forEach(line -> System.out.println("  " + line));
      return share;
    }
  }

  private static String firstAnswer(Product product, int port) throws InterruptedException {
    for (int i = 0; i < 10_000 && product.process().isAlive(); i++) {
      try (Socket plain = new Socket("127.0.0.1", port);
          SSLSocket socket =
              (SSLSocket)
                  tls.context()
                      .getSocketFactory()
                      .createSocket(plain, Manifests.HOST, port, true)) {
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setServerNames(List.of(new SNIHostName(Manifests.HOST)));
        socket.setSSLParameters(parameters);
        socket
            .getOutputStream()
            .write(
                ("GET / HTTP/1.1\r\nHost: " + Manifests.HOST + "\r\nConnection: close\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII));
        InputStream in = socket.getInputStream();
        String answer = new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
        if (!answer.isEmpty()) {
          return answer.lines().findFirst().orElse("");
        }
      } catch (IOException e) {
        Thread.sleep(1);
      }
    }
    return "no answer";
  }
}
