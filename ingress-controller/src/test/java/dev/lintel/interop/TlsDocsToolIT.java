package dev.lintel.interop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lintel.ingress.LeakCheck;
import dev.lintel.ingress.LintelProcess;
import dev.lintel.tls.TestAuthority;
import dev.lintel.tls.TestAuthority.Issued;
import dev.lintel.tls.TestResponder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Every command of `docs/tls.md`, before two processes that are configured with its manifests: it
/// prints what the page says.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@ExtendWith(LeakCheck.class)
class TlsDocsToolIT {
  private static final Path PAGE = Path.of("../docs/tls.md");
  private static final String BOTH = "shop.example.com";
  private static final String PLACEHOLDER = "<openssl rand -hex 32>";
  private static final Path RSA = Path.of("../tls/src/test/resources/dev/lintel/tls");
  private static final Pattern BLOCK =
      Pattern.compile("```(console|yaml)\n(.*?)```", Pattern.DOTALL);
  private static final String CLASS =
      """
      apiVersion: networking.k8s.io/v1
      kind: IngressClass
      metadata: {name: nginx}
      spec: {controller: k8s.io/ingress-nginx}
      ---
      apiVersion: v1
      kind: Service
      metadata: {namespace: shop, name: web}
      spec: {ports: [{name: http, port: 80, targetPort: http}]}
      ---
      apiVersion: discovery.k8s.io/v1
      kind: EndpointSlice
      metadata: {namespace: shop, name: web-1, labels: {kubernetes.io/service-name: web}}
      addressType: IPv4
      ports: [{name: http, port: %d, protocol: TCP}]
      endpoints: [{addresses: [127.0.0.1], conditions: {ready: true}}]
      ---
      """;
  private static final String SECRET =
      """
      ---
      apiVersion: v1
      kind: Secret
      metadata: {namespace: shop, name: %s}
      data: {%s}
      """;
  private static final String INGRESS =
      """
      ---
      apiVersion: networking.k8s.io/v1
      kind: Ingress
      metadata:
        namespace: shop
        name: %1$s
        annotations: {%2$s}
      spec:
        ingressClassName: nginx
        tls: [%3$s]
        rules:
          - host: %4$s
            http:
              paths: [{path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}]
      """;

  /// A command and the lines that it prints.
  record Command(String text, List<String> prints) {
    boolean needsLintel() {
      return text.contains("$LINTEL") || text.contains("$ANOTHER");
    }

    @Override
    public String toString() {
      return text;
    }
  }

  private final TestAuthority issuer = TestAuthority.root("Root").below("Issuer");
  private final Map<String, List<String>> prepared = new HashMap<>();
  private final List<Command> commands = new ArrayList<>();
  private final StringBuilder manifests = new StringBuilder();
  private Path work;
  private JdkUpstream upstream;
  private TestResponder responder;
  private LintelProcess one;
  private LintelProcess two;

  @BeforeAll
  void start(@TempDir Path folder, @TempDir Path scratch) throws Exception {
    work = scratch;
    upstream = new JdkUpstream();
    responder = new TestResponder(issuer);
    read();
    for (Command command : commands) {
      if (!command.needsLintel()) {
        prepared.put(command.text(), run(command));
      }
    }
    Issued shop = issuer.host("shop.test", responder.url());
    Issued both = issuer.host(BOTH);
    Files.writeString(
        folder.resolve("site.yaml"),
        CLASS.formatted(upstream.port())
            + manifests.toString().replace(PLACEHOLDER, "0123456789abcdef".repeat(4))
            + pair("shop", shop)
            + pair("both", both)
            + SECRET.formatted("rsa", rsa())
            + SECRET.formatted("clients", "ca.crt: " + base64(file("ca.crt")))
            + ingress("shop", "")
            + INGRESS.formatted("both", "", entry(BOTH, "both") + ", " + entry(BOTH, "rsa"), BOTH)
            + ingress("guarded", "nginx.ingress.kubernetes.io/auth-tls-secret: shop/clients"));
    one = serve(folder);
    two = serve(folder);
  }

  @AfterAll
  void stop() throws Exception {
    one.close();
    two.close();
    responder.close();
    upstream.close();
  }

  private void read() throws IOException {
    Matcher block = BLOCK.matcher(Files.readString(PAGE));
    while (block.find()) {
      if (block.group(1).equals("yaml")) {
        manifests.append(block.group(2));
        continue;
      }
      for (String line : block.group(2).split("\n")) {
        if (line.startsWith("$ ")) {
          commands.add(new Command(line.substring(2), new ArrayList<>()));
        } else {
          commands.getLast().prints().add(line);
        }
      }
    }
  }

  private static String entry(String host, String secret) {
    return "{hosts: [" + host + "], secretName: " + secret + "}";
  }

  private static String ingress(String name, String annotations) {
    return INGRESS.formatted(name, annotations, entry(name + ".test", name), name + ".test");
  }

  private static String pair(String name, Issued issued) {
    return SECRET.formatted(
        name,
        "tls.crt: " + base64(issued.certificatePem()) + ", tls.key: " + base64(issued.keyPem()));
  }

  private static String rsa() throws IOException {
    return "tls.crt: "
        + base64(Files.readString(RSA.resolve("rsa.crt")))
        + ", tls.key: "
        + base64(Files.readString(RSA.resolve("rsa.pkcs8.key")));
  }

  private String file(String name) throws IOException {
    return Files.readString(work.resolve(name));
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.US_ASCII));
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

  private List<String> run(Command command) throws Exception {
    String addresses =
        one == null
            ? "true"
            : "LINTEL=127.0.0.1:" + one.ports()[1] + " ANOTHER=127.0.0.1:" + two.ports()[1];
    return Tool.run("bash", "-c", "cd " + work + "; " + addresses + "; " + command.text())
        .out()
        .lines()
        .toList();
  }

  List<Command> commands() {
    return commands;
  }

  @ParameterizedTest
  @MethodSource("commands")
  void printsWhatThePageSays(Command command) throws Exception {
    List<String> printed = prepared.get(command.text());
    printed = printed == null ? run(command) : printed;
    for (int i = 0; i < 50 && !printed.equals(command.prints()) && command.needsLintel(); i++) {
      Thread.sleep(100); // an OCSP answer comes in the background
      printed = run(command);
    }
    assertThat(printed).isEqualTo(command.prints());
  }
}
