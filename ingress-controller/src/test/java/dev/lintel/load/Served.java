package dev.lintel.load;

import dev.lintel.ingress.LintelProcess;
import dev.lintel.ingress.snapshot.Pems;
import dev.lintel.tls.SelfMadeCertificate;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.List;

/// The product as users run it, in a process of its own with the options it is shipped with, in
/// front of one backend.
final class Served implements AutoCloseable {
  static final String HOST = "load.test";

  private static final String MANIFESTS =
      """
      apiVersion: networking.k8s.io/v1
      kind: IngressClass
      metadata: {name: nginx}
      spec: {controller: k8s.io/ingress-nginx}
      ---
      apiVersion: v1
      kind: Service
      metadata: {namespace: load, name: backend}
      spec:
        ports: [{name: http, port: 80, targetPort: http}]
      ---
      apiVersion: discovery.k8s.io/v1
      kind: EndpointSlice
      metadata:
        namespace: load
        name: backend-1
        labels: {kubernetes.io/service-name: backend}
      addressType: IPv4
      ports: [{name: http, port: %2$d, protocol: TCP}]
      endpoints: [{addresses: [127.0.0.1], conditions: {ready: true}}]
      ---
      apiVersion: networking.k8s.io/v1
      kind: Ingress
      metadata:
        namespace: load
        name: load
        annotations:
          nginx.ingress.kubernetes.io/ssl-redirect: "false"
          nginx.ingress.kubernetes.io/proxy-body-size: "0"
      spec:
        ingressClassName: nginx
        tls: [{hosts: [%1$s], secretName: tls}]
        rules:
          - host: %1$s
            http:
              paths:
                - path: /
                  pathType: Prefix
                  backend: {service: {name: backend, port: {number: 80}}}
      ---
      """;

  private final Path folder;
  private final LintelProcess process;
  private final int[] ports;

  Served(Path folder, int backendPort) throws IOException, InterruptedException {
    this(folder, backendPort, "");
  }

  /// The same with more manifests.
  ///
  /// @param more documents, each with `---` behind it
  Served(Path folder, int backendPort, String more) throws IOException, InterruptedException {
    this.folder = folder;
    Files.writeString(folder.resolve("load.yaml"), MANIFESTS.formatted(HOST, backendPort) + more);
    certificate(Pems.of(SelfMadeCertificate.issue(Instant.now(), HOST)));
    Path shipped = Path.of("src/main/dist/jvm.args").toAbsolutePath();
    process =
        LintelProcess.start(
            List.of("@" + shipped, "-Xms128m", "-Xmx128m"),
            "serve",
            folder.toString(),
            "--http-port=0",
            "--https-port=0",
            "--admin-port=0",
            "--access-log-path=off");
    ports = process.ports();
  }

  /// Writes the certificate of the host anew, at once.
  void certificate(Pems pems) throws IOException {
    Path next = folder.resolve(".next");
    Files.writeString(next, pems.secret("load", "tls"));
    Files.move(next, folder.resolve("tls.yaml"), StandardCopyOption.ATOMIC_MOVE);
  }

  int httpPort() {
    return ports[0];
  }

  int httpsPort() {
    return ports[1];
  }

  /// All that it printed.
  String output() {
    return process.output();
  }

  /// The memory it has in RAM, in bytes: heap, buffers, native libraries, code.
  long residentBytes() throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc", process.pid() + "", "status"))) {
      if (line.startsWith("VmRSS:")) {
        return Long.parseLong(line.replaceAll("\\D", "")) * 1024;
      }
    }
    throw new IOException("no VmRSS in /proc");
  }

  /// The processor time it has used, in milliseconds.
  long cpuMillis() {
    return ProcessHandle.of(process.pid())
        .flatMap(handle -> handle.info().totalCpuDuration())
        .orElseThrow()
        .toMillis();
  }

  @Override
  public void close() {
    process.close();
  }
}
