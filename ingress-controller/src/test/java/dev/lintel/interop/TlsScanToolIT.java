package dev.lintel.interop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lintel.ingress.LeakCheck;
import dev.lintel.ingress.LintelProcess;
import dev.lintel.tls.TestAuthority;
import dev.lintel.tls.TestAuthority.Issued;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What two processes with the same manifests offer in a handshake, as Go's TLS and OpenSSL see it.
/// `make tool-it` brings the programs.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@ExtendWith(LeakCheck.class)
class TlsScanToolIT {
  private static final String HOST = "shop.example.com";
  private static final Path RSA = Path.of("../tls/src/test/resources/dev/lintel/tls");
  private static final String MANIFESTS =
      """
      apiVersion: networking.k8s.io/v1
      kind: IngressClass
      metadata: {name: nginx}
      spec: {controller: k8s.io/ingress-nginx}
      ---
      apiVersion: v1
      kind: ConfigMap
      metadata: {namespace: ingress-nginx, name: ingress-nginx-controller}
      data: {ssl-session-ticket-secret: ingress-nginx/tickets}
      ---
      apiVersion: v1
      kind: Secret
      metadata: {namespace: ingress-nginx, name: tickets}
      stringData: {ticket.key: "0123456789abcdef0123456789abcdef"}
      """;
  private static final String PAIR =
      """
      ---
      apiVersion: v1
      kind: Secret
      metadata: {namespace: shop, name: %s}
      type: kubernetes.io/tls
      data: {tls.crt: %s, tls.key: %s}
      """;
  private static final String CLIENTS =
      """
      ---
      apiVersion: v1
      kind: Secret
      metadata: {namespace: shop, name: clients}
      data: {ca.crt: %s}
      """;
  private static final String INGRESS =
      """
      ---
      apiVersion: networking.k8s.io/v1
      kind: Ingress
      metadata:
        namespace: shop
        name: %s
        annotations: {%s}
      spec:
        ingressClassName: nginx
        tls:
          - {hosts: [%s], secretName: ecdsa}
          - {hosts: [%s], secretName: rsa}
        rules:
          - host: %s
            http:
              paths: [{path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}]
      """;

  private final TestAuthority root = TestAuthority.root("Scan Root");
  private LintelProcess one;
  private LintelProcess two;
  private int here;
  private int there;

  @TempDir private Path scratch;

  @BeforeAll
  void start(@TempDir Path folder) throws Exception {
    Issued shop = root.below("Scan Issuer").host(HOST);
    Files.writeString(
        folder.resolve("site.yaml"),
        MANIFESTS
            + PAIR.formatted("ecdsa", base64(shop.certificatePem()), base64(shop.keyPem()))
            + PAIR.formatted(
                "rsa",
                base64(Files.readString(RSA.resolve("rsa.crt"))),
                base64(Files.readString(RSA.resolve("rsa.pkcs8.key"))))
            + CLIENTS.formatted(base64(root.pem()))
            + ingress("open", HOST, "")
            + ingress(
                "guarded",
                "guarded.example.com",
                "nginx.ingress.kubernetes.io/auth-tls-secret: shop/clients"));
    one = serve(folder);
    two = serve(folder);
    here = one.ports()[1];
    there = two.ports()[1];
  }

  @AfterAll
  void stop() {
    one.close();
    two.close();
  }

  private static String ingress(String name, String host, String annotations) {
    return INGRESS.formatted(name, annotations, host, host, host);
  }

  private static LintelProcess serve(Path folder) throws IOException {
    return LintelProcess.start(
        "serve",
        folder.toString(),
        "--http-port=0",
        "--https-port=0",
        "--admin-port=0",
        "--access-log-path=off");
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.US_ASCII));
  }

  private static String openssl(int port, String input, String... options) throws Exception {
    List<String> command =
        new ArrayList<>(List.of("openssl", "s_client", "-connect", "127.0.0.1:" + port));
    command.addAll(List.of(options));
    return Tool.runOn(input, command.toArray(String[]::new)).out();
  }

  @Test
  void aClientOfGoFindsWhatThePolicySays() throws Exception {
    Path trusted = Files.writeString(scratch.resolve("root.pem"), root.pem());
    Tool.Ran ran =
        Tool.run(
            "src/tlsscan/run", trusted.toString(), HOST, "127.0.0.1:" + here, "127.0.0.1:" + there);
    assertThat(ran.code()).as(ran.out()).isZero();
    assertThat(ran.out())
        .doesNotContain("FAILED")
        .contains(
            "ok TLS 1.3: <nil>",
            "ok X25519MLKEM768: <nil>",
            "ok a usual client gets X25519MLKEM768",
            "ok chain of 2, verified: <nil>",
            "ok TLS 1.3, resumed by ticket: true",
            "ok TLS 1.2, resumed by ticket: false");
  }

  @Test
  void renegotiationIsRefused() throws Exception {
    String out = openssl(here, "R\n", "-servername", HOST, "-tls1_2");
    assertThat(out)
        .contains("Secure Renegotiation IS supported", "RENEGOTIATING")
        .containsAnyOf("no renegotiation", "no_renegotiation", "unexpected message");
  }

  @Test
  void nothingIsCompressed() throws Exception {
    assertThat(openssl(here, "Q\n", "-servername", HOST, "-tls1_2", "-comp"))
        .contains("Compression: NONE");
  }

  @ParameterizedTest
  @CsvSource({
    "-tls1_2 -cipher kRSA",
    "-tls1_2 -cipher kDHE",
    "-tls1_2 -cipher ECDHE+SHA1",
    "-tls1_2 -cipher aNULL:@SECLEVEL=0",
    "-tls1_3 -groups P-521",
    "-tls1 -cipher DEFAULT:@SECLEVEL=0",
    "-tls1_1 -cipher DEFAULT:@SECLEVEL=0"
  })
  void whatIsWeakFindsNoPartner(String options) throws Exception {
    String all = "-servername " + HOST + " " + options;
    assertThat(openssl(here, "", all.split(" ")))
        .containsPattern("Cipher is \\(NONE\\)|no cipher match|no ciphers available");
  }

  private String visit(int port, String host, String... options) throws Exception {
    List<String> all = new ArrayList<>(List.of("-servername", host, "-ign_eof"));
    all.addAll(List.of(options));
    return openssl(
        port,
        "GET / HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n",
        all.toArray(String[]::new));
  }

  @Test
  void aTicketOfOneProcessIsTakenByTheOther() throws Exception {
    String session = scratch.resolve("session").toString();
    assertThat(visit(here, HOST, "-tls1_3", "-sess_out", session)).contains("New, TLSv1.3");
    assertThat(visit(there, HOST, "-tls1_3", "-sess_in", session)).contains("Reused, TLSv1.3");
  }

  /// The client is free to show the session of one host to another.
  @ParameterizedTest
  @CsvSource({"-tls1_2", "-tls1_3"})
  void aSessionOfAnOpenHostIsNotTakenByAGuardedOne(String version) throws Exception {
    String session = scratch.resolve("session" + version).toString();
    assertThat(visit(here, HOST, version, "-sess_out", session)).contains("New, TLS");
    assertThat(visit(here, HOST, version, "-sess_in", session)).contains("Reused, TLS");
    assertThat(visit(here, "guarded.example.com", version, "-sess_in", session))
        .contains("New, TLS", "HTTP/1.1 400")
        .doesNotContain("Reused, TLS");
  }
}
