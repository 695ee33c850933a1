package dev.lintel.ingress.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lintel.ingress.DemoFolder;
import dev.lintel.ingress.LeakCheck;
import dev.lintel.ingress.LintelProcess;
import dev.lintel.ingress.Shell;
import dev.lintel.ingress.demo.EchoBackend;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// `lintel serve` as a process of its own, asked with curl.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@ExtendWith(LeakCheck.class)
class ServeIT {
  private static final String EXTRA =
      """
      apiVersion: networking.k8s.io/v1
      kind: Ingress
      metadata: {namespace: demo, name: %s}
      spec:
        ingressClassName: nginx
        rules:
          - host: %s.localhost
            http:
              paths:
                - {path: /, pathType: Prefix, backend: {service: {name: %s, port: {number: 80}}}}
      """;

  private Path folder;
  private List<EchoBackend> backends;
  private LintelProcess lintel;
  private int http;
  private int https;
  private int admin;

  @BeforeAll
  void start(@TempDir Path temp) throws Exception {
    backends = DemoFolder.backends();
    folder =
        DemoFolder.copy(
            Files.createDirectory(temp.resolve("manifests")),
            backends.stream().map(EchoBackend::port).toList());
    lintel =
        LintelProcess.start(
            "serve",
            folder.toString(),
            "--http-port",
            "0",
            "--https-port=0",
            "--admin-port=0",
            "--access-log-path=stdout");
    int[] ports = lintel.ports();
    http = ports[0];
    https = ports[1];
    admin = ports[2];
  }

  @AfterAll
  void stop() throws Exception {
    lintel.terminate();
    int code = lintel.await();
    backends.forEach(EchoBackend::close);
    assertThat(code).as(lintel.output()).isZero();
  }

  private String trust() {
    return "--cacert " + folder.resolve("ca.crt") + " ";
  }

  /// Asks until the answer is `expected`, for at most ten seconds.
  private static String eventually(String expected, String curlArguments) throws Exception {
    long deadline = System.nanoTime() + 10_000_000_000L;
    String status;
    do {
      status = Shell.status(curlArguments);
    } while (!status.equals(expected) && System.nanoTime() < deadline);
    return status;
  }

  @Test
  void httpIsAnsweredByTheService() throws Exception {
    assertThat(Shell.answer("http://hello.localhost:" + http + "/a?b=c"))
        .startsWith("HTTP/1.1 200")
        .contains("answered by hello", "GET /a?b=c");
  }

  @Test
  void httpsShowsTheCertificateOfTheHost() throws Exception {
    String shop = "https://shop.localhost:" + https;
    assertThat(Shell.answer(trust() + "--http1.1 " + shop + "/"))
        .startsWith("HTTP/1.1 200")
        .contains("answered by shop", "Strict-Transport-Security: max-age=31536000");
    assertThat(Shell.answer(trust() + shop + "/cart")).contains("answered by cart");
  }

  @Test
  void httpIsRedirectedWhereThereIsACertificate() throws Exception {
    assertThat(Shell.answer("http://shop.localhost:" + http + "/cart?x=1"))
        .startsWith("HTTP/1.1 308")
        .containsIgnoringCase("location: https://shop.localhost:" + https + "/cart?x=1");
  }

  @Test
  void aPasswordIsAskedFor() throws Exception {
    String members = "http://hello.localhost:" + http + "/members";
    assertThat(Shell.answer(members)).startsWith("HTTP/1.1 401");
    assertThat(Shell.status("-u demo:wrong " + members)).isEqualTo("401");
    assertThat(Shell.status("-u demo:lintel " + members)).isEqualTo("200");
  }

  @Test
  void overTheLimitIsRefused() throws Exception {
    String limited = "http://hello.localhost:" + http + "/limited?[1-6]";
    assertThat(Shell.run("curl -s -m 20 -o /dev/null -w '%{http_code} ' '" + limited + "'"))
        .startsWith("200 200 200 ")
        .endsWith("503 ");
  }

  @Test
  void whatNobodyServesIsNotFound() throws Exception {
    assertThat(Shell.status("http://nobody.localhost:" + http + "/")).isEqualTo("404");
  }

  @Test
  void anEditIsLive() throws Exception {
    String url = "http://edited.localhost:" + http + "/";
    assertThat(Shell.status(url)).isEqualTo("404");
    DemoFolder.put(folder, "edited.yaml", EXTRA.formatted("edited", "edited", "hello"));
    assertThat(eventually("200", url)).isEqualTo("200");
    assertThat(Shell.answer(url)).contains("answered by hello");

    Files.delete(folder.resolve("edited.yaml"));
    assertThat(eventually("404", url)).isEqualTo("404");
  }

  @Test
  void aBrokenFileChangesNothingElseAndIsNamed() throws Exception {
    String url = "http://kept.localhost:" + http + "/";
    DemoFolder.put(folder, "kept.yaml", EXTRA.formatted("kept", "kept", "cart"));
    assertThat(eventually("200", url)).isEqualTo("200");

    DemoFolder.put(folder, "kept.yaml", "apiVersion: v1\nkind: [unfinished\n");

    assertThat(lintel.awaitLine(line -> line.contains("kept.yaml"))).contains("error");
    assertThat(Shell.status(url)).as("the last good documents stay").isEqualTo("200");
    assertThat(Shell.status("http://hello.localhost:" + http + "/")).isEqualTo("200");
  }

  @Test
  void theAdminPortTellsWhatServes() throws Exception {
    String page = "http://127.0.0.1:" + admin;
    assertThat(eventually("200", page + "/healthz")).isEqualTo("200");
    assertThat(Shell.status("http://hello.localhost:" + http + "/")).isEqualTo("200");
    assertThat(Shell.answer(page + "/debug/plan")).contains("shop.localhost");
    assertThat(Shell.answer(page + "/debug/times"))
        .containsPattern("generation \\d+")
        .containsPattern("compileNanos \\d+")
        .containsPattern("linkNanos \\d+");
    assertThat(Shell.answer(page + "/metrics"))
        .contains("nginx_ingress_controller_requests", "config_last_reload_successful");
  }

  @Test
  void requestsAreLoggedOnStdout() throws Exception {
    Shell.status("'http://hello.localhost:" + http + "/logged-once'");
    assertThat(lintel.awaitLine(line -> line.contains("/logged-once")))
        .contains("\"GET /logged-once HTTP/1.1\" 200")
        .contains("[demo-hello-80]");
  }

  @Test
  void aPortInUseIsNamed() throws Exception {
    for (String flag : List.of("--http-port", "--https-port", "--admin-port")) {
      int taken = flag.equals("--admin-port") ? admin : flag.equals("--http-port") ? http : https;
      String[] args = {
        "serve",
        folder.toString(),
        "--http-port=0",
        "--https-port=0",
        "--admin-port=0",
        flag + "=" + taken
      };
      try (LintelProcess second = LintelProcess.start(args)) {
        assertThat(second.await()).isEqualTo(ExitCode.PORT);
        assertThat(second.output()).contains("lintel serve: port " + taken);
      }
    }
  }

  @Test
  void aFolderThatIsNotThereIsAnError() throws Exception {
    try (LintelProcess second = LintelProcess.start("serve", folder.resolve("none").toString())) {
      assertThat(second.await()).isEqualTo(ExitCode.FAILED);
      assertThat(second.output()).contains("is not a folder");
    }
  }

  @Test
  void aSignalEndsAControllerThatWaitsForItsCluster(@TempDir Path temp) throws Exception {
    Path kubeconfig = temp.resolve("kubeconfig");
    Files.writeString(
        kubeconfig,
        """
        apiVersion: v1
        kind: Config
        clusters: [{name: none, cluster: {server: "http://127.0.0.1:1"}}]
        contexts: [{name: none, context: {cluster: none, user: none}}]
        users: [{name: none, user: {}}]
        current-context: none
        """);
    try (LintelProcess controller =
        LintelProcess.start(
            "controller",
            "--kubeconfig=" + kubeconfig,
            "--http-port=0",
            "--https-port=0",
            "--healthz-port=0",
            "--healthz-host=127.0.0.1",
            "--profiling=false",
            "-v=3")) {
      controller.awaitLine(line -> line.contains("--profiling is accepted"));
      controller.awaitLine(line -> line.contains("127.0.0.1:1"));
      controller.terminate();
      assertThat(controller.await()).as(controller.output()).isZero();
    }
  }

  @Test
  void checkPrintsThePlanAndJudges(@TempDir Path broken) throws Exception {
    try (LintelProcess check = LintelProcess.start("check", folder.toString())) {
      check.await();
      check.awaitLine(line -> line.contains("shop.localhost"));
    }
    Files.writeString(broken.resolve("a.yaml"), "kind: [\n");
    try (LintelProcess check = LintelProcess.start("check", broken.toString(), "-o", "json")) {
      assertThat(check.await()).isEqualTo(ExitCode.FAILED);
      check.awaitLine(line -> line.contains("\"severity\": \"error\"") && line.contains("a.yaml"));
    }
  }
}
