package dev.lintel.interop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lintel.ingress.LeakCheck;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// curl, h2load and OpenSSL's client in front of the product; nginx and the JDK's server behind it.
/// `make tool-it` brings the programs.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@ExtendWith(LeakCheck.class)
class ClientsToolIT {
  private static final Pattern DONE =
      Pattern.compile("(\\d+) total, .* (\\d+) succeeded, (\\d+) failed, (\\d+) errored");

  private JdkUpstream jdk;
  private Nginx nginx;
  private Site site;

  @TempDir private Path scratch;

  @BeforeAll
  void start(@TempDir Path folder) throws Exception {
    jdk = new JdkUpstream();
    nginx = new Nginx(Files.createDirectory(folder.resolve("nginx")));
    byte[] large = new byte[3_000_000];
    new Random(3).nextBytes(large);
    Files.write(folder.resolve("nginx/www/large.bin"), large);
    site =
        Site.plan()
            .host("jdk.test", jdk.port())
            .host("nginx.test", nginx.http1Port())
            .host("nginx2.test", nginx.http2Port(), "lintel.dev/upstream-http-version: 2")
            .start(folder);
  }

  @AfterAll
  void stop() throws Exception {
    site.close();
    nginx.close();
    jdk.close();
  }

  @BeforeEach
  void nothingMayGoOnYet() {
    jdk.next.drainPermits();
  }

  private Tool.Ran curl(String... arguments) throws Exception {
    return Tool.run(Tool.curl(site, arguments).toArray(String[]::new));
  }

  private String https(String host) {
    return "https://" + host + ":" + site.httpsPort();
  }

  private String http(String host) {
    return "http://" + host + ":" + site.httpPort();
  }

  // ------------------------------------------------------------------ curl

  @ParameterizedTest
  @CsvSource({
    "--http1.1,1.1,https",
    "--http2,2,https",
    "--http2-prior-knowledge,2,http",
    "--http1.1,1.1,http",
    "--http1.0,1.1,http",
    "--http2,1.1,http"
  })
  void curlIsAnsweredInTheVersionItSpeaks(String option, String version, String scheme)
      throws Exception {
    for (String host : List.of("jdk.test", "nginx.test", "nginx2.test")) {
      String url = (scheme.equals("https") ? https(host) : http(host)) + "/say";
      Tool.Ran ran = curl(option, "-w", " [%{http_version} %{http_code}]", url);
      assertThat(ran.out()).as(host).contains(host).endsWith(" [" + version + " 200]");
      assertThat(ran.code()).isZero();
    }
  }

  @Test
  void theVersionTowardsNginxIsTheOneThatWasChosen() throws Exception {
    assertThat(curl(https("nginx.test") + "/say").out()).isEqualTo("HTTP/1.1 GET nginx.test https");
    assertThat(curl(http("nginx2.test") + "/say").out()).isEqualTo("HTTP/2.0 GET nginx2.test http");
  }

  @ParameterizedTest
  @ValueSource(strings = {"--http1.1", "--http2"})
  void anUploadWaitsForTheGoAheadAndArrives(String version) throws Exception {
    Path file = scratch.resolve("upload");
    Files.write(file, new byte[1_000_000]);
    Tool.Ran ran =
        curl(
            version,
            "-v",
            "-H",
            "Expect: 100-continue",
            "--expect100-timeout",
            "30",
            "--data-binary",
            "@" + file,
            https("jdk.test") + "/up");
    assertThat(ran.out()).contains("POST /up", "size=1000000").containsPattern("HTTP/\\S+ 100");
  }

  @ParameterizedTest
  @ValueSource(strings = {"--http1.1", "--http2"})
  void anUploadOfUnknownLengthArrives(String version) throws Exception {
    Tool.Ran ran =
        Tool.runOn(
            "x".repeat(500_000),
            Tool.curl(site, version, "-T", "-", https("jdk.test") + "/up").toArray(String[]::new));
    assertThat(ran.out()).contains("PUT /up", "size=500000", "framing=null/chunked");
  }

  @ParameterizedTest
  @CsvSource({
    "nginx.test,--http1.1",
    "nginx.test,--http2",
    "nginx2.test,--http1.1",
    "nginx2.test,--http2"
  })
  void whatWasPutToNginxIsThere(String host, String version) throws Exception {
    byte[] large = new byte[1_000_000];
    new Random(5).nextBytes(large);
    Path sent = Files.write(scratch.resolve("sent"), large);
    Path got = scratch.resolve("got");
    String url = https(host) + "/put/" + host + version;
    assertThat(curl(version, "-w", "%{http_code}", "-T", sent.toString(), url).out())
        .endsWith("201");
    curl(version, "-o", got.toString(), url);
    assertThat(Files.readAllBytes(got)).isEqualTo(large);
    assertThat(curl(version, "-w", "%{http_code}", "-r", "10-19", "-o", got.toString(), url).out())
        .isEqualTo("206");
    assertThat(Files.readAllBytes(got)).isEqualTo(java.util.Arrays.copyOfRange(large, 10, 20));
    assertThat(curl(version, "-I", url).out()).containsIgnoringCase("content-length: 1000000");
    assertThat(curl(version, "-w", "%{http_code}", "-X", "DELETE", url).out()).endsWith("204");
  }

  @Test
  void curlReachesUsOverIpv6() throws Exception {
    assertThat(curl("-g", "-H", "Host: jdk.test", "http://[::1]:" + site.httpPort() + "/six").out())
        .startsWith("GET /six host=jdk.test");
  }

  @ParameterizedTest
  @ValueSource(strings = {"--http1.1", "--http2"})
  void eachEventIsSeenBeforeTheNextIsMade(String version) throws Exception {
    Process events =
        new ProcessBuilder(Tool.curl(site, version, "-N", https("jdk.test") + "/events")).start();
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(events.getInputStream(), StandardCharsets.US_ASCII))) {
      for (int i = 1; i <= 3; i++) {
        assertThat(lines.readLine()).isEqualTo("data: " + i);
        assertThat(lines.readLine()).isEmpty();
        jdk.next.release();
      }
      assertThat(lines.readLine()).isNull();
      assertThat(events.waitFor(20, TimeUnit.SECONDS)).isTrue();
      assertThat(events.exitValue()).isZero();
    } finally {
      events.destroyForcibly();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"--http1.1", "--http2"})
  void aLongPollIsAnsweredWhenThereIsNews(String version) throws Exception {
    Process poll =
        new ProcessBuilder(Tool.curl(site, version, "-N", https("jdk.test") + "/poll")).start();
    try {
      assertThat(poll.waitFor(1_500, TimeUnit.MILLISECONDS)).as("answered too early").isFalse();
      jdk.next.release();
      assertThat(new String(poll.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
          .isEqualTo("news");
    } finally {
      poll.destroyForcibly();
    }
  }

  // ------------------------------------------------------------------ h2load

  @ParameterizedTest
  @CsvSource({"nginx.test,https", "nginx2.test,https", "nginx.test,http", "nginx2.test,http"})
  void noRequestOfMassesFailsWhileNginxEndsItsConnections(String host, String scheme)
      throws Exception {
    int port = scheme.equals("https") ? site.httpsPort() : site.httpPort();
    Tool.Ran ran =
        Tool.run(
            "h2load",
            "-n",
            "6000",
            "-c",
            "12",
            "-m",
            "8",
            "--connect-to=127.0.0.1:" + port,
            scheme + "://" + host + ":" + port + "/say");
    assertThat(ran.code()).as(ran.out()).isZero();
    Matcher done = DONE.matcher(ran.out());
    assertThat(done.find()).as(ran.out()).isTrue();
    assertThat(List.of(done.group(1), done.group(2), done.group(3), done.group(4)))
        .as(ran.out())
        .containsExactly("6000", "6000", "0", "0");
    assertThat(ran.out()).contains("6000 2xx, 0 3xx, 0 4xx, 0 5xx");
  }

  @Test
  void largeAnswersPassToManyStreams() throws Exception {
    Tool.Ran ran =
        Tool.run(
            "h2load",
            "-n",
            "60",
            "-c",
            "3",
            "-m",
            "5",
            "--connect-to=127.0.0.1:" + site.httpsPort(),
            https("nginx.test") + "/large.bin");
    assertThat(ran.out()).contains("60 succeeded, 0 failed", "60 2xx");
  }

  // ------------------------------------------------------------------ openssl

  private String handshake(String... options) throws Exception {
    List<String> command =
        new java.util.ArrayList<>(
            List.of(
                "openssl",
                "s_client",
                "-connect",
                "127.0.0.1:" + site.httpsPort(),
                "-CAfile",
                site.trusted().toString()));
    command.addAll(List.of(options));
    return Tool.run(command.toArray(String[]::new)).out();
  }

  @ParameterizedTest
  @ValueSource(strings = {"jdk.test", "nginx.test", "nginx2.test"})
  void theCertificateIsChosenByName(String host) throws Exception {
    String trusted = site.trusted(host).toString();
    assertThat(
            handshake(
                "-CAfile",
                trusted,
                "-servername",
                host,
                "-verify_hostname",
                host,
                "-verify_return_error"))
        .contains("Verify return code: 0 (ok)");
  }

  @Test
  void withoutAKnownNameTheDefaultCertificateIsShown() throws Exception {
    for (String[] name : new String[][] {{"-noservername"}, {"-servername", "other.test"}}) {
      assertThat(handshake(name))
          .contains("Lintel Self-Made Certificate")
          .doesNotContain("Verify return code: 0 (ok)");
    }
  }

  @ParameterizedTest
  @CsvSource({"'h2,http/1.1',h2", "http/1.1,http/1.1", "h2,h2", "'http/1.1,h2',h2"})
  void theProtocolIsAgreed(String offered, String agreed) throws Exception {
    assertThat(handshake("-servername", "jdk.test", "-alpn", offered))
        .contains("ALPN protocol: " + agreed + "\n");
  }

  @Test
  void withoutAnOfferOrWithAStrangeOneNothingIsAgreed() throws Exception {
    assertThat(handshake("-servername", "jdk.test")).contains("No ALPN negotiated");
    assertThat(handshake("-servername", "jdk.test", "-alpn", "spdy/1"))
        .doesNotContain("ALPN protocol: ");
  }

  @ParameterizedTest
  @CsvSource({"-tls1_2,TLSv1.2", "-tls1_3,TLSv1.3"})
  void bothVersionsOfTlsAreSpoken(String option, String version) throws Exception {
    assertThat(handshake("-servername", "jdk.test", option)).contains("New, " + version);
  }

  @Test
  void anOldVersionOfTlsIsRefused() throws Exception {
    assertThat(handshake("-servername", "jdk.test", "-tls1_1", "-cipher", "DEFAULT:@SECLEVEL=0"))
        .contains("alert protocol version")
        .contains("Cipher is (NONE)");
  }

  @Test
  void aRequestThroughOpensslIsAnswered() throws Exception {
    Tool.Ran ran =
        Tool.runOn(
            "GET /raw HTTP/1.1\r\nHost: jdk.test\r\nConnection: close\r\n\r\n",
            "openssl",
            "s_client",
            "-quiet",
            "-ign_eof",
            "-servername",
            "jdk.test",
            "-connect",
            "127.0.0.1:" + site.httpsPort());
    assertThat(ran.out()).contains("HTTP/1.1 200 OK", "GET /raw host=jdk.test");
  }

  @Test
  void plainHttpOnTheTlsPortIsABadRequest() throws Exception {
    assertThat(curl("-w", " [%{http_code}]", "http://jdk.test:" + site.httpsPort() + "/").out())
        .endsWith(" [400]");
  }
}
