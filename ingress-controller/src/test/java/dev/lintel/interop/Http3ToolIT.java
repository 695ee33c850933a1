package dev.lintel.interop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lintel.ingress.LeakCheck;
import dev.lintel.ingress.snapshot.Pems;
import dev.lintel.tls.SelfMadeCertificate;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// quic-go's client of HTTP/3 in front of the product, a server of Go behind it. Needs Go.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@ExtendWith(LeakCheck.class)
class Http3ToolIT {
  private static final String HOST = "h3.test";
  private static final String GUARDED = "guarded.test";
  private static final Pattern DONE =
      Pattern.compile("\\w+: (\\d+) requests, (\\d+) failed, (\\d+) connections(.*)");
  private static final String CONFIGMAP =
      """
      apiVersion: v1
      kind: ConfigMap
      metadata: {namespace: ingress-nginx, name: ingress-nginx-controller}
      data: {use-http3: "true", keep-alive-requests: "400", client-header-timeout: "2"}
      """;

  private String program;
  private Process backend;
  private Site.Plan plan;
  private @Nullable Site site;

  @TempDir private Path folder;

  /// What a scenario said.
  private record Ran(int requests, int failed, int connections, String more, String errors) {}

  @BeforeAll
  void build() throws Exception {
    Path root = Path.of(System.getProperty("lintel.root", ".."));
    Tool.Ran built = Tool.run(root.resolve("ingress-controller/src/http3/build").toString());
    assertThat(built.code()).as(built.out()).isZero();
    String[] lines = built.out().strip().split("\n");
    program = lines[lines.length - 1];
  }

  @BeforeEach
  void start() throws Exception {
    backend = new ProcessBuilder(program, "backend").redirectErrorStream(true).start();
    int port =
        Integer.parseInt(
            new BufferedReader(
                    new InputStreamReader(backend.getInputStream(), StandardCharsets.US_ASCII))
                .readLine());
    Pems authority = Pems.of(SelfMadeCertificate.issue(Instant.now(), "authority.test"));
    plan =
        Site.plan()
            .manifest(CONFIGMAP)
            .manifest(
                authority
                    .secret("site", "authority")
                    .replace("tls.crt", "ca.crt")
                    .replace("type: kubernetes.io/tls\n", ""))
            .host(HOST, port, "proxy-body-size: 0")
            .host(GUARDED, port, "auth-tls-secret: site/authority");
  }

  @AfterEach
  void stop() {
    if (site != null) {
      site.close();
      site = null;
    }
    backend.destroyForcibly();
  }

  /// Begins with the first use: what a test adds to the plan comes before.
  private Site site() throws IOException, InterruptedException {
    if (site == null) {
      site = plan.start(Files.createTempDirectory(folder, "site"));
    }
    return site;
  }

  private Process begin(String scenario, String host) throws Exception {
    return new ProcessBuilder(
            program,
            scenario,
            "-server",
            "127.0.0.1:" + site().httpsPort(),
            "-ca",
            site().trusted().toString(),
            "-host",
            host)
        .start();
  }

  private static Ran end(Process process) throws Exception {
    process.getOutputStream().close();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    String errors = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    Matcher done = DONE.matcher(said.strip());
    assertThat(done.matches()).as(said + errors).isTrue();
    return new Ran(
        Integer.parseInt(done.group(1)),
        Integer.parseInt(done.group(2)),
        Integer.parseInt(done.group(3)),
        done.group(4),
        errors);
  }

  private Ran run(String scenario, String host) throws Exception {
    Ran ran = end(begin(scenario, host));
    System.out.println(scenario + ": " + ran);
    return ran;
  }

  private Ran flawless(String scenario) throws Exception {
    Ran ran = run(scenario, HOST);
    assertThat(ran.failed()).as(ran.errors()).isZero();
    return ran;
  }

  // ------------------------------------------------------------------ requests

  @Test
  void manyGetsAreAnsweredWhileConnectionsComeToTheirEnd() throws Exception {
    Ran ran = flawless("gets");
    assertThat(ran.requests()).isEqualTo(1_000);
    assertThat(ran.connections()).as("of 400 requests each").isBetween(3, 4);
    assertThat(site().process().output()).contains("\"GET /say HTTP/3.0\" 200");
  }

  @Test
  void largeBodiesPassBothWays() throws Exception {
    assertThat(flawless("bodies").requests()).isEqualTo(3);
  }

  @Test
  void aHundredRequestsAreUnderWayAtOnce() throws Exception {
    Ran ran = flawless("parallel");
    assertThat(ran.requests()).isEqualTo(101);
    assertThat(ran.connections()).isEqualTo(1);
  }

  @Test
  void requestsThatAreTakenBackHarmNoOther() throws Exception {
    Ran ran = flawless("cancelled");
    assertThat(ran.requests()).isEqualTo(100);
    assertThat(ran.connections()).isEqualTo(1);
  }

  @Test
  void everyMethodGetsItsAnswer() throws Exception {
    assertThat(flawless("statuses").more())
        .contains("[GET 200 HTTP/3.0")
        .contains("[POST 200 HTTP/3.0")
        .contains("[HEAD 200 HTTP/3.0 length=0");
  }

  @Test
  void noTunnelIsOffered() throws Exception {
    assertThat(flawless("upgrade").more()).isEqualTo(", extended connect false");
  }

  // ------------------------------------------------------------------ limits

  @Test
  void longListsOfFieldsAreRefused() throws Exception {
    assertThat(run("heads", HOST).more()).isEqualTo(" [200] [431] [h3 0x107]");
  }

  @Test
  void whoTakesBackTooManyRequestsIsSentAway() throws Exception {
    Matcher ended =
        Pattern.compile(", (\\d+) taken back, connection 0x107")
            .matcher(run("resets", HOST).more());
    assertThat(ended.matches()).isTrue();
    assertThat(Integer.parseInt(ended.group(1))).isBetween(195, 260);
  }

  @Test
  void aHeadThatDoesNotEndEndsItsStream() throws Exception {
    assertThat(run("slowhead", HOST).more()).isEqualTo(", stream 0x10c after 2 s");
  }

  @Test
  void whoSendsFramesThatMeanNothingIsSentAway() throws Exception {
    assertThat(run("frames", HOST).more()).isEqualTo(", connection 0x107");
  }

  @Test
  void theEndOfTheProcessWaitsForResponses() throws Exception {
    Process download = begin("download", HOST);
    BufferedReader said =
        new BufferedReader(
            new InputStreamReader(download.getInputStream(), StandardCharsets.UTF_8));
    assertThat(said.readLine()).isEqualTo("begun");
    site().process().terminate();
    assertThat(said.readLine()).isEqualTo("download: 1 requests, 0 failed, 1 connections");
    assertThat(site().process().await()).isZero();
  }

  // ------------------------------------------------------------------ addresses

  @Test
  void anotherPortOfTheClientEndsNothing() throws Exception {
    Ran ran = flawless("rebinding");
    assertThat(ran.connections()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void anotherPortInTheMiddleOfABodyLosesNothing(int loops) throws Exception {
    plan.loops(loops);
    Ran ran = flawless("wandering");
    assertThat(ran.requests()).isEqualTo(8);
    assertThat(ran.connections()).as("each goes on").isEqualTo(8);
    assertThat(ran.more()).isEqualTo(", 48 changes");
  }

  @Test
  void anotherAddressOfTheClientEndsItsConnection() throws Exception {
    Ran ran = flawless("moving");
    assertThat(ran.connections()).isEqualTo(2);
  }

  // ------------------------------------------------------------------ hosts

  @ParameterizedTest
  @ValueSource(strings = {"--http1.1", "--http2"})
  void clientsOfOtherVersionsAreToldWhereTheyMayMove(String version) throws Exception {
    assertThat(headOf(version, HOST))
        .containsIgnoringCase("alt-svc: h3=\":" + site().httpsPort() + "\"; ma=3600");
    assertThat(flawless("statuses").more()).contains("alt-svc=]");
  }

  private String headOf(String version, String host) throws Exception {
    String url = "https://" + host + ":" + site().httpsPort() + "/say";
    return Tool.run(Tool.curl(site(), version, "-D", "-", url).toArray(String[]::new)).out();
  }

  @Test
  void aHostThatAsksForClientCertificatesIsNotServed() throws Exception {
    assertThat(run("statuses", GUARDED).more()).contains("[GET 421").contains("[POST 421");
    assertThat(headOf("--http2", GUARDED)).contains("HTTP/2 400").doesNotContain("alt-svc");
  }

  @Test
  void newCertificatesFailNoHandshake() throws Exception {
    String manifests = Files.readString(site().manifests());
    String first = secret(manifests);
    List<String> secrets = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      Pems pems = Pems.of(SelfMadeCertificate.issue(Instant.now(), HOST));
      secrets.add(pems.secret("site", HOST.replace('.', '-')));
      Files.writeString(site().trusted(), pems.certificate(), StandardOpenOption.APPEND);
    }
    Process hellos = begin("hellos", HOST);
    Process steady = begin("steady", HOST);
    for (String secret : secrets) {
      Path next = site().manifests().resolveSibling("next");
      Files.writeString(next, manifests.replace(first, secret));
      Files.move(next, site().manifests(), StandardCopyOption.ATOMIC_MOVE);
      Thread.sleep(250);
    }
    Ran made = end(hellos);
    Ran kept = end(steady);
    System.out.println("rotation: " + made + " " + kept);
    assertThat(made.failed()).as(made.errors()).isZero();
    assertThat(kept.failed()).as(kept.errors()).isZero();
    assertThat(Integer.parseInt(made.more().replaceAll("\\D", ""))).isGreaterThan(10);
  }

  private static String secret(String manifests) {
    for (String document : manifests.split("(?m)^---\n")) {
      if (document.contains("kind: Secret") && document.contains(HOST.replace('.', '-'))) {
        return document;
      }
    }
    throw new AssertionError("no Secret for " + HOST);
  }
}
