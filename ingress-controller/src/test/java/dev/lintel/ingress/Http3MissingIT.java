package dev.lintel.ingress;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// HTTP/3 is wanted of a process that has no library for it, as in the usual image, and so are
/// Brotli and Zstandard.
@ExtendWith(LeakCheck.class)
class Http3MissingIT {
  private static final String CONFIGMAP =
      """
      apiVersion: v1
      kind: ConfigMap
      metadata: {namespace: ingress-nginx, name: ingress-nginx-controller}
      data: {use-http3: "%s", enable-brotli: "true", enable-zstd: "true"}
      """;
  private static final String INGRESS =
      """
      apiVersion: networking.k8s.io/v1
      kind: IngressClass
      metadata: {name: nginx}
      spec: {controller: k8s.io/ingress-nginx}
      ---
      apiVersion: networking.k8s.io/v1
      kind: Ingress
      metadata: {namespace: default, name: web}
      spec:
        ingressClassName: nginx
        rules:
          - host: web.test
            http:
              paths:
                - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
      """;

  @Test
  void everythingElseIsServedAndTheLogSaysWhy(@TempDir Path folder, @TempDir Path libraries)
      throws Exception {
    String classPath =
        Pattern.compile(Pattern.quote(File.pathSeparator))
            .splitAsStream(Objects.requireNonNull(System.getProperty("java.class.path")))
            .filter(entry -> !entry.contains("quic") && !entry.contains("http3"))
            .collect(Collectors.joining(File.pathSeparator));
    assertThat(classPath).isNotEqualTo(System.getProperty("java.class.path"));
    Path manifest = Files.writeString(folder.resolve("map.yaml"), CONFIGMAP.formatted("true"));
    Files.writeString(folder.resolve("web.yaml"), INGRESS);
    // What the loader finds first, and cannot load.
    Files.createFile(libraries.resolve("libbrotlienc.so.1"));
    Files.createFile(libraries.resolve("libzstd.so.1"));
    try (LintelProcess lintel =
        LintelProcess.startOn(
            classPath,
            "dev.lintel.ingress.Main",
            LintelProcess.SMALL,
            Map.of("LD_LIBRARY_PATH", libraries.toString()),
            "serve",
            folder.toString(),
            "--http-port=0",
            "--https-port=0",
            "--admin-port=0")) {
      lintel.awaitLine(line -> line.contains("HTTP/3 is wanted, and not served"));
      lintel.awaitLine(
          line -> line.contains("enable-brotli: this system has no library for it (expected: lib"));
      lintel.awaitLine(line -> line.contains("enable-zstd: this system has no library for it"));
      assertThat(status(lintel.ports()[0])).isEqualTo("HTTP/1.1 404 Not Found");
      Files.writeString(manifest, CONFIGMAP.formatted("false"));
      assertThat(status(lintel.ports()[0])).isEqualTo("HTTP/1.1 404 Not Found");
      assertThat(lintel.isAlive()).isTrue();
    }
  }

  private static String status(int port) throws Exception {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket
          .getOutputStream()
          .write("GET / HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      String head = new String(socket.getInputStream().readNBytes(22), StandardCharsets.US_ASCII);
      return List.of(head.split("\r\n")).getFirst();
    }
  }
}
