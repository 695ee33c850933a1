package dev.lintel.ingress;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lintel.ingress.TlsClient.Visit;
import dev.lintel.tls.TestAuthority;
import dev.lintel.tls.TestAuthority.Issued;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Every mode of client certificates, with every kind of certificate, over HTTP/1.1, HTTP/2 and
/// resumed sessions of both versions of TLS. No handshake fails: the answer says what is wrong.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@ExtendWith(LeakCheck.class)
class ClientCertificateMatrixIT {
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final String SECRET =
      """
      ---
      apiVersion: v1
      kind: Secret
      metadata: {namespace: default, name: %s}
      data: {ca.crt: %s, ca.crl: %s}
      """;

  private final TestAuthority authority = TestAuthority.root("Our Clients");
  private final Issued revoked = authority.client("revoked");
  private final Issued late = authority.client("late");
  private final Map<String, @Nullable Issued> clients = new LinkedHashMap<>();
  private final Map<String, String> files = new LinkedHashMap<>();
  private Path folder;
  private IngressSite site;

  @BeforeAll
  void start(@TempDir Path manifests, @TempDir Path keys) throws Exception {
    folder = manifests;
    clients.put("no", null);
    clients.put("good", authority.client("good"));
    clients.put("expired", authority.expired("expired"));
    clients.put("foreign", TestAuthority.root("Others").client("foreign"));
    clients.put("revoked", revoked);
    for (Map.Entry<String, @Nullable Issued> each : clients.entrySet()) {
      Issued issued = each.getValue();
      files.put(each.getKey(), issued == null ? "" : file(keys, each.getKey(), issued));
    }
    site =
        IngressSite.start(
            folder,
            secret("clients", revoked),
            ingress("on", "on"),
            ingress("optional", "optional"),
            ingress("optional_no_ca", "optional_no_ca"),
            ingress("off", "off"),
            IngressSite.ingress("changing.test", "auth-tls-secret: default/changing"));
    write(secret("changing"));
  }

  @AfterAll
  void stop() {
    site.close();
  }

  private static String ingress(String name, String mode) {
    return IngressSite.ingress(
        name.replace('_', '-') + ".test",
        "auth-tls-secret: default/clients",
        "auth-tls-verify-client: " + mode);
  }

  private String secret(String name, Issued... without) {
    return SECRET.formatted(name, base64(authority.pem()), base64(authority.revoking(without)));
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.US_ASCII));
  }

  private void write(String secret) throws IOException {
    Path next = folder.resolve(".next");
    Files.writeString(next, secret);
    Files.move(next, folder.resolve("changing.yaml"), StandardCopyOption.ATOMIC_MOVE);
  }

  private static String file(Path keys, String name, Issued issued) throws IOException {
    Path file = keys.resolve(name + ".pem");
    return " --cert '" + Files.writeString(file, issued.certificatePem() + issued.keyPem()) + "' ";
  }

  private TlsClient client(String name) throws Exception {
    Issued issued = clients.get(name);
    return new TlsClient(issued == null ? null : issued.keys());
  }

  @ParameterizedTest
  @CsvSource({
    "on, no, 400",
    "on, good, 200",
    "on, expired, 400",
    "on, foreign, 400",
    "on, revoked, 400",
    "optional, no, 200",
    "optional, good, 200",
    "optional, expired, 400",
    "optional, foreign, 400",
    "optional, revoked, 400",
    "optional_no_ca, no, 200",
    "optional_no_ca, good, 200",
    "optional_no_ca, expired, 400",
    "optional_no_ca, foreign, 200",
    "optional_no_ca, revoked, 400",
    "off, no, 200",
    "off, good, 200",
    "off, expired, 200",
    "off, foreign, 200",
    "off, revoked, 200"
  })
  void isAnsweredAlikeOverEveryKindOfConnection(String mode, String client, int status)
      throws Exception {
    String host = mode.replace('_', '-') + ".test";
    String address = host + ":" + site.httpsPort();
    for (String version : List.of("--http1.1", "--http2")) {
      String head = version.equals("--http2") ? "HTTP/2 " : "HTTP/1.1 ";
      for (String tls : List.of("--tls-max 1.2", "--tlsv1.3")) {
        String curl = "-k --resolve " + address + ":127.0.0.1 " + version + " " + tls;
        assertThat(Shell.answer(curl + files.get(client) + " https://" + address + "/"))
            .as(version + " " + tls)
            .startsWith(head + status);
      }
    }
    for (String protocol : List.of("TLSv1.2", "TLSv1.3")) {
      TlsClient resuming = client(client);
      for (int i = 0; i < 3; i++) {
        Visit visit = resuming.visit(site.httpsPort(), host, protocol);
        assertThat(visit.resumed()).as(protocol).isEqualTo(i > 0);
        assertThat(visit.status()).as(protocol + ", visit " + i).isEqualTo(status);
        assertThat(visit.answer().contains("answered by web")).isEqualTo(status == 200);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"TLSv1.2", "TLSv1.3"})
  void aRevocationEndsTheSessionsOfBefore(String protocol) throws Exception {
    write(secret("changing"));
    TlsClient resuming = new TlsClient(late.keys());
    awaitStatus(resuming, protocol, 200);
    assertThat(resuming.visit(site.httpsPort(), "changing.test", protocol).resumed()).isTrue();

    write(secret("changing", late));
    Visit refused = awaitStatus(resuming, protocol, 400);
    assertThat(refused.resumed()).as("the session was made under another trust").isFalse();
    assertThat(
            new TlsClient(clients.get("good").keys())
                .visit(site.httpsPort(), "changing.test", protocol)
                .status())
        .isEqualTo(200);
  }

  /// @return the first visit that was answered so
  private Visit awaitStatus(TlsClient client, String protocol, int status) throws Exception {
    long until = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      Visit visit = client.visit(site.httpsPort(), "changing.test", protocol);
      if (visit.status() == status || System.nanoTime() > until) {
        assertThat(visit.status()).isEqualTo(status);
        return visit;
      }
      Thread.sleep(10);
    }
  }
}
