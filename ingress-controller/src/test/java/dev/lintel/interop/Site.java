package dev.lintel.interop;

import dev.lintel.ingress.LintelProcess;
import dev.lintel.ingress.snapshot.Pems;
import dev.lintel.tls.SelfMadeCertificate;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/// `lintel serve` in a process of its own, on a folder of manifests: hosts with a certificate each,
/// every one with a Service of its own.
final class Site implements AutoCloseable {
  private static final String CLASS =
      """
      apiVersion: networking.k8s.io/v1
      kind: IngressClass
      metadata: {name: nginx}
      spec: {controller: k8s.io/ingress-nginx}
      ---
      apiVersion: v1
      kind: Secret
      metadata: {namespace: site, name: users}
      stringData: {auth: "demo:$apr1$8A3HS7oG$PD6nVKHtEggBKW2O2unss."}
      """;
  private static final String SERVICE =
      """
      ---
      apiVersion: v1
      kind: Service
      metadata: {namespace: site, name: %1$s}
      spec:
        ports: [{name: port, port: 80, targetPort: port%2$s}]
      """;
  private static final String ENDPOINT =
      """
      ---
      apiVersion: discovery.k8s.io/v1
      kind: EndpointSlice
      metadata:
        namespace: site
        name: %1$s-1
        labels: {kubernetes.io/service-name: %1$s}
      addressType: IPv4
      ports: [{name: port, port: %2$d, protocol: TCP}]
      endpoints: [{addresses: [127.0.0.1], conditions: {ready: true}}]
      """;
  private static final String INGRESS =
      """
      ---
      apiVersion: networking.k8s.io/v1
      kind: Ingress
      metadata:
        namespace: site
        name: %1$s
        annotations:
          nginx.ingress.kubernetes.io/ssl-redirect: "false"
      %3$sspec:
        ingressClassName: nginx
        tls: [{hosts: [%2$s], secretName: %1$s}]
        rules:
          - host: %2$s
            http:
              paths:
                - path: /
                  pathType: Prefix
                  backend: {service: {name: %1$s, port: {number: 80}}}
      """;

  private final LintelProcess lintel;
  private final Map<String, Pems> certificates;
  private final Path trusted;
  private final int[] ports;

  private Site(LintelProcess lintel, Map<String, Pems> certificates, Path trusted)
      throws InterruptedException {
    this.lintel = lintel;
    this.certificates = certificates;
    this.trusted = trusted;
    this.ports = lintel.ports();
  }

  static Plan plan() {
    return new Plan();
  }

  /// What is to be served.
  static final class Plan {
    private final StringBuilder manifests = new StringBuilder(CLASS);
    private final Map<String, Pems> certificates = new LinkedHashMap<>();
    private final List<String> machine = new ArrayList<>(LintelProcess.SMALL);

    /// With so many event loops, and not one for each core.
    Plan loops(int loops) {
      machine.add("-XX:ActiveProcessorCount=" + loops);
      return this;
    }

    /// A host whose Service lives on a port of this machine; on none where that is 0.
    ///
    /// @param annotations `name: value`, those of ingress-nginx without their prefix
    Plan host(String host, int port, String... annotations) {
      return host(host, port, "", annotations);
    }

    Plan hostOfProtocol(String host, int port, String appProtocol) {
      return host(host, port, ", appProtocol: " + appProtocol, new String[0]);
    }

    /// One more object.
    Plan manifest(String text) {
      manifests.append("---\n").append(text);
      return this;
    }

    private Plan host(String host, int port, String protocol, String[] annotations) {
      String name = host.replace('.', '-');
      List<String> lines = new ArrayList<>();
      for (String annotation : annotations) {
        String[] parts = annotation.split(": ", 2);
        String key = parts[0].contains("/") ? parts[0] : "nginx.ingress.kubernetes.io/" + parts[0];
        lines.add("    " + key + ": \"" + parts[1] + "\"\n");
      }
      Pems pems = Pems.of(SelfMadeCertificate.issue(Instant.now(), host));
      certificates.put(host, pems);
      manifests.append(SERVICE.formatted(name, protocol));
      if (port != 0) {
        manifests.append(ENDPOINT.formatted(name, port));
      }
      manifests.append(INGRESS.formatted(name, host, String.join("", lines)));
      manifests.append("---\n").append(pems.secret("site", name));
      return this;
    }

    /// Serves it.
    ///
    /// @param folder an empty one
    Site start(Path folder) throws IOException, InterruptedException {
      Path served = Files.createDirectory(folder.resolve("manifests"));
      Files.writeString(served.resolve("site.yaml"), manifests);
      Path trusted = folder.resolve("trusted.pem");
      for (Map.Entry<String, Pems> each : certificates.entrySet()) {
        String certificate = each.getValue().certificate();
        Files.writeString(
            trusted,
            certificate,
            java.nio.file.StandardOpenOption.CREATE,
            java.nio.file.StandardOpenOption.APPEND);
        Files.writeString(folder.resolve(each.getKey() + ".pem"), certificate);
      }
      LintelProcess lintel =
          LintelProcess.start(
              machine,
              "serve",
              served.toString(),
              "--http-port=0",
              "--https-port=0",
              "--admin-port=0",
              "--access-log-path=stdout");
      try {
        return new Site(lintel, certificates, trusted);
      } catch (AssertionError e) {
        lintel.close();
        throw e;
      }
    }
  }

  LintelProcess process() {
    return lintel;
  }

  /// The file that is served; another text is to be renamed into its place.
  Path manifests() {
    return trusted.resolveSibling("manifests").resolve("site.yaml");
  }

  int httpPort() {
    return ports[0];
  }

  int httpsPort() {
    return ports[1];
  }

  /// The names of all hosts.
  Set<String> hosts() {
    return certificates.keySet();
  }

  /// A file with the certificates of all hosts.
  Path trusted() {
    return trusted;
  }

  /// The certificate of one host alone: OpenSSL takes the first of those with the same subject.
  Path trusted(String host) {
    return trusted.resolveSibling(host + ".pem");
  }

  /// Trusts the certificates of all hosts and nothing else.
  SSLContext trust() throws Exception {
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    for (Map.Entry<String, Pems> each : certificates.entrySet()) {
      store.setCertificateEntry(each.getKey(), each.getValue().material().leaf());
    }
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(store);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    return context;
  }

  @Override
  public void close() {
    lintel.close();
  }
}
