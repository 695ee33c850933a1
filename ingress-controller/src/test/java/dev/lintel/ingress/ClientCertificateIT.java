package dev.lintel.ingress;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lintel.tls.TestAuthority;
import dev.lintel.tls.TestAuthority.Issued;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Who is let in by a client certificate. Nobody fails the handshake: what is wrong is said in an
/// answer, over every version of HTTP and of TLS.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@ExtendWith(LeakCheck.class)
class ClientCertificateIT {
  private static final String BUNDLE =
      """
      ---
      apiVersion: v1
      kind: Secret
      metadata: {namespace: default, name: clients}
      stringData:
        ca.crt: |
          %s
      """;
  private static final String SECRET = "auth-tls-secret: default/clients";
  private static final String HTTP_1 = "--http1.1";
  private static final String HTTP_2 = "--http2";
  private static final List<String> VERSIONS =
      List.of(HTTP_1, HTTP_2, HTTP_1 + " --tls-max 1.2", HTTP_2 + " --tls-max 1.2");

  private final TestAuthority authority = TestAuthority.root("Our Clients");
  private final Issued joe = authority.client("joe");
  private final Map<String, String> clients = new HashMap<>();
  private IngressSite site;

  @BeforeAll
  void start(@TempDir Path folder, @TempDir Path keys) throws Exception {
    clients.put("nobody", "");
    clients.put("joe", certificate(keys, "joe", joe));
    clients.put("joel", certificate(keys, "joel", authority.client("joel")));
    clients.put(
        "foreign", certificate(keys, "foreign", TestAuthority.root("Theirs").client("joe")));
    clients.put(
        "namesake", certificate(keys, "namesake", TestAuthority.root("Our Clients").client("joe")));
    clients.put("expired", certificate(keys, "expired", authority.expired("joe")));
    clients.put("server", certificate(keys, "server", authority.server("joe")));
    site =
        IngressSite.start(
            folder,
            BUNDLE.formatted(authority.pem().strip().replace("\n", "\n    ")),
            IngressSite.ingress("on.test", SECRET),
            IngressSite.ingress("twin.test", SECRET, "auth-tls-verify-client: on"),
            IngressSite.ingress("optional.test", SECRET, "auth-tls-verify-client: optional"),
            IngressSite.ingress("any.test", SECRET, "auth-tls-verify-client: optional_no_ca"),
            IngressSite.ingress("off.test", SECRET, "auth-tls-verify-client: off"),
            IngressSite.ingress("page.test", SECRET, "auth-tls-error-page: https://help.test/why"),
            IngressSite.ingress("pass.test", SECRET, "auth-tls-pass-certificate-to-upstream: true"),
            IngressSite.ingress("named.test", SECRET, "auth-tls-match-cn: CN=joe(,|$)"),
            IngressSite.ingress("begins.test", SECRET, "auth-tls-match-cn: CN=jo"),
            IngressSite.ingress(
                "perhaps.test",
                SECRET,
                "auth-tls-verify-client: optional",
                "auth-tls-match-cn: CN=joe(,|$)"),
            IngressSite.ingress("nameless.test", "auth-tls-match-cn: CN=joe"),
            IngressSite.ingress("absent.test", "auth-tls-secret: default/absent"),
            IngressSite.ingress("open.test"));
  }

  @AfterAll
  void stop() {
    site.close();
  }

  /// @return what tells curl to show it
  private static String certificate(Path folder, String name, Issued issued)
      throws IOException, GeneralSecurityException {
    StringBuilder text = new StringBuilder();
    for (X509Certificate each : issued.chain()) {
      text.append(pem("CERTIFICATE", each.getEncoded()));
    }
    text.append(pem("PRIVATE KEY", issued.key().getEncoded()));
    return " --cert '" + Files.writeString(folder.resolve(name + ".pem"), text) + "' ";
  }

  private static String pem(String label, byte[] der) {
    String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
    return "-----BEGIN " + label + "-----\n" + body + "\n-----END " + label + "-----\n";
  }

  /// What somebody is answered who made the connection for a host.
  private String answer(String version, String client, String host, String curl) throws Exception {
    String address = host + ":" + site.httpsPort();
    String options = "-k --resolve " + address + ":127.0.0.1 " + version + clients.get(client);
    return Shell.answer(options + " " + curl + " https://" + address + "/");
  }

  private static String status(String version, int status) {
    return (version.startsWith(HTTP_2) ? "HTTP/2 " : "HTTP/1.1 ") + status;
  }

  @ParameterizedTest
  @CsvSource({
    "on.test, joe, 200",
    "on.test, nobody, 400",
    "on.test, foreign, 400",
    "on.test, namesake, 400",
    "on.test, expired, 400",
    "on.test, server, 400",
    "optional.test, joe, 200",
    "optional.test, nobody, 200",
    "optional.test, foreign, 400",
    "optional.test, namesake, 400",
    "optional.test, expired, 400",
    "optional.test, server, 400",
    "any.test, joe, 200",
    "any.test, nobody, 200",
    "any.test, foreign, 200",
    "any.test, expired, 400",
    "off.test, foreign, 200",
    "named.test, joe, 200",
    "named.test, joel, 403",
    "named.test, nobody, 400",
    "named.test, namesake, 400",
    "begins.test, joe, 200",
    "begins.test, joel, 200",
    "perhaps.test, joe, 200",
    "perhaps.test, joel, 403",
    "perhaps.test, nobody, 403",
    "nameless.test, joe, 503",
    "absent.test, joe, 503",
    "open.test, nobody, 200"
  })
  void theCertificateDecides(String host, String client, int status) throws Exception {
    for (String version : VERSIONS) {
      String answer = answer(version, client, host, "");
      assertThat(answer).as(version).startsWith(status(version, status));
      assertThat(answer.contains("answered by web")).as(version).isEqualTo(status == 200);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "on.test, joe, SUCCESS",
    "optional.test, joe, SUCCESS",
    "optional.test, nobody, NONE",
    "any.test, foreign, FAILED:unable to get local issuer certificate"
  })
  void theUpstreamLearnsWhoItIsAndNothingThatTheClientMakesUp(
      String host, String client, String verify) throws Exception {
    String forged =
        "-H 'ssl-client-verify: FORGED' -H 'ssl-client-subject-dn: CN=forged'"
            + " -H 'ssl-client-issuer-dn: CN=forged' -H 'ssl-client-cert: forged'";
    for (String version : VERSIONS) {
      String answer = answer(version, client, host, forged);
      assertThat(answer)
          .as(version)
          .containsIgnoringCase("\nssl-client-verify: " + verify + "\n")
          .doesNotContainIgnoringCase("forged", "ssl-client-cert:");
      assertThat(answer.contains("CN=joe")).as(version).isEqualTo(!client.equals("nobody"));
      assertThat(answer("--http1.1", client, "open.test", forged))
          .doesNotContainIgnoringCase("ssl-client");
    }
  }

  @Test
  void theCertificateIsPassedOnWhereThatIsWanted() throws Exception {
    String answer = answer(HTTP_1, "joe", "pass.test", "");
    String field =
        answer
            .lines()
            .filter(line -> line.toLowerCase(Locale.ROOT).startsWith("ssl-client-cert: "))
            .findFirst()
            .orElseThrow();
    assertThat(URLDecoder.decode(field.split(": ", 2)[1], StandardCharsets.US_ASCII))
        .isEqualTo(pem("CERTIFICATE", joe.chain().getFirst().getEncoded()));
  }

  @Test
  void whoIsRefusedIsSentToThePage() throws Exception {
    for (String version : VERSIONS) {
      for (String client : List.of("nobody", "foreign", "expired")) {
        assertThat(answer(version, client, "page.test", ""))
            .startsWith(status(version, 302))
            .containsIgnoringCase("\nlocation: https://help.test/why\r\n")
            .doesNotContain("answered by");
      }
      assertThat(answer(version, "joe", "page.test", "")).startsWith(status(version, 200));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "open.test, joe, on.test, 421",
    "open.test, joe, optional.test, 421",
    "optional.test, joe, on.test, 421",
    "on.test, joe, optional.test, 421",
    "on.test, joe, open.test, 421",
    "on.test, nobody, open.test, 421",
    "unknown.test, joe, on.test, 421",
    "on.test, joe, unknown.test, 404",
    "on.test, joe, twin.test, 200",
    "on.test, foreign, twin.test, 400",
    "open.test, nobody, off.test, 200"
  })
  void aConnectionServesHostsThatTakeTheSameClients(
      String name, String client, String host, int status) throws Exception {
    for (String version : VERSIONS) {
      assertThat(answer(version, client, name, "-H 'Host: " + host + "'"))
          .as(version)
          .startsWith(status(version, status));
    }
  }

  @Test
  void withoutTlsThereIsNoCertificate() throws Exception {
    assertThat(site.status("on.test", "/", "")).isEqualTo("400");
    assertThat(site.status("on.test", "/", "-H 'ssl-client-verify: SUCCESS'")).isEqualTo("400");
    assertThat(site.status("named.test", "/", "")).isEqualTo("400");
    assertThat(site.status("perhaps.test", "/", "-H 'ssl-client-subject-dn: CN=joe'"))
        .isEqualTo("400");
    assertThat(site.answer("optional.test", "/", "-H 'ssl-client-verify: SUCCESS'"))
        .startsWith("HTTP/1.1 200")
        .doesNotContainIgnoringCase("ssl-client-verify");
  }
}
