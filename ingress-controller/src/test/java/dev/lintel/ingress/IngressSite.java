package dev.lintel.ingress;

import dev.lintel.ingress.demo.EchoBackend;
import dev.lintel.ingress.names.AddressRules;
import dev.lintel.ingress.names.NameResolution;
import dev.lintel.ingress.names.ResolvConf;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Function;

/// A whole Lintel in this process before one backend that tells what it saw, asked with curl over
/// loopback.
final class IngressSite implements AutoCloseable {
  private static final String CLASS =
      """
      apiVersion: networking.k8s.io/v1
      kind: IngressClass
      metadata: {name: nginx}
      spec: {controller: k8s.io/ingress-nginx}
      """;
  private static final String SERVICE =
      """
      ---
      apiVersion: v1
      kind: Service
      metadata: {namespace: default, name: %1$s}
      spec:
        ports: [{name: http, port: 80, targetPort: http}]
      ---
      apiVersion: discovery.k8s.io/v1
      kind: EndpointSlice
      metadata:
        namespace: default
        name: %1$s-1
        labels: {kubernetes.io/service-name: %1$s}
      addressType: IPv4
      ports: [{name: http, port: %2$d, protocol: TCP}]
      endpoints:
      %3$s""";
  private static final String INGRESS =
      """
      ---
      apiVersion: networking.k8s.io/v1
      kind: Ingress
      metadata:
        namespace: default
        name: %1$s
        annotations:
          kubernetes.io/description: "a case"
      %2$sspec:
        ingressClassName: nginx
        rules:
          - host: %1$s
            http:
              paths:
                - {path: /, pathType: Prefix, backend: {service: {name: %3$s, port: {number: 80}}}}
      """;

  private static final String CONFIG_MAP =
      """
      ---
      apiVersion: v1
      kind: ConfigMap
      metadata: {namespace: ingress-nginx, name: ingress-nginx-controller}
      data:
      """;

  /// The Secret `users`: `demo` with the password `lintel`.
  static final String USERS =
      """
      ---
      apiVersion: v1
      kind: Secret
      metadata: {namespace: default, name: users}
      stringData: {auth: "demo:$apr1$8A3HS7oG$PD6nVKHtEggBKW2O2unss."}
      """;

  private final EchoBackend backend;
  private final IngressProcess lintel;

  private IngressSite(EchoBackend backend, IngressProcess lintel) {
    this.backend = backend;
    this.lintel = lintel;
  }

  /// Serves these manifests.
  ///
  /// @param folder an empty one
  static IngressSite start(Path folder, String... manifests) throws Exception {
    return startLogging(folder, "off", manifests);
  }

  /// The same with an access log.
  ///
  /// @param accessLog the file
  static IngressSite startLogging(Path folder, String accessLog, String... manifests)
      throws Exception {
    return start(
        folder,
        accessLog,
        changed -> new NameResolution(AddressRules.NONE, ResolvConf::ofSystem, changed),
        manifests);
  }

  /// The same with name servers of its own.
  static IngressSite start(
      Path folder, String accessLog, Function<Runnable, NameResolution> names, String... manifests)
      throws Exception {
    EchoBackend backend =
        new EchoBackend("web", new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    Files.writeString(
        folder.resolve("site.yaml"),
        CLASS + service("web", backend.port(), "127.0.0.1") + String.join("", manifests));
    ControllerConfig config = FolderConfig.of(folder, FolderConfig.AT_ONCE, accessLog);
    return new IngressSite(backend, IngressProcess.start(config, _ -> {}, names));
  }

  /// The same in a zone.
  static IngressSite startIn(String zone, Path folder, String... manifests) throws Exception {
    EchoBackend backend =
        new EchoBackend("web", new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    Files.writeString(folder.resolve("site.yaml"), CLASS + String.join("", manifests));
    ControllerConfig config =
        FolderConfig.in(zone, FolderConfig.of(folder, FolderConfig.AT_ONCE, "off"));
    return new IngressSite(
        backend,
        IngressProcess.start(
            config,
            _ -> {},
            changed -> new NameResolution(AddressRules.NONE, ResolvConf::ofSystem, changed)));
  }

  /// A Service whose endpoints are on one port of some addresses.
  static String service(String name, int port, String... addresses) {
    StringBuilder endpoints = new StringBuilder();
    for (String address : addresses) {
      endpoints
          .append("  - {addresses: [")
          .append(address)
          .append("], conditions: {ready: true}}\n");
    }
    return SERVICE.formatted(name, port, endpoints);
  }

  /// The controller's ConfigMap.
  ///
  /// @param lines `key: value`, as YAML has them
  static String config(String... lines) {
    return CONFIG_MAP + "  " + String.join("\n  ", lines) + "\n";
  }

  /// An Ingress that serves all of a host from the backend.
  ///
  /// @param annotations `name: value`, without the prefix
  static String ingress(String host, String... annotations) {
    return ingressTo("web", host, annotations);
  }

  /// The same from another Service.
  static String ingressTo(String service, String host, String... annotations) {
    StringBuilder lines = new StringBuilder();
    for (String annotation : annotations) {
      String[] parts = annotation.split(": ", 2);
      lines
          .append("    nginx.ingress.kubernetes.io/")
          .append(parts[0])
          .append(": '")
          .append(parts[1])
          .append("'\n");
    }
    return INGRESS.formatted(host, lines, service);
  }

  /// The status of an answer.
  ///
  /// @param curl more arguments; may be empty
  String status(String host, String path, String curl) throws Exception {
    return Shell.status(arguments(host, path, curl));
  }

  /// Head and body of an answer.
  ///
  /// @param curl more arguments; may be empty
  String answer(String host, String path, String curl) throws Exception {
    return Shell.answer(arguments(host, path, curl));
  }

  private String arguments(String host, String path, String curl) {
    return "--http1.1 -H 'Host: "
        + host
        + "' "
        + curl
        + " 'http://127.0.0.1:"
        + lintel.httpPort()
        + path
        + "'";
  }

  int adminPort() {
    return lintel.adminPort();
  }

  int httpPort() {
    return lintel.httpPort();
  }

  int httpsPort() {
    return lintel.httpsPort();
  }

  @Override
  public void close() {
    lintel.close();
    backend.close();
  }
}
