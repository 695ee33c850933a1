package dev.lintel.ingress;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// HTTP/3 is wanted of a process that has no library for it, as in the usual image.
@ExtendWith(LeakCheck.class)
class Http3MissingIT {
  private static final String CONFIGMAP =
      """
      apiVersion: v1
      kind: ConfigMap
      metadata: {namespace: ingress-nginx, name: ingress-nginx-controller}
      data: {use-http3: "%s"}
      """;

  @Test
  void everythingElseIsServedAndTheLogSaysWhy(@TempDir Path folder) throws Exception {
    String classPath =
        Pattern.compile(Pattern.quote(File.pathSeparator))
            .splitAsStream(Objects.requireNonNull(System.getProperty("java.class.path")))
            .filter(entry -> !entry.contains("quic") && !entry.contains("http3"))
            .collect(Collectors.joining(File.pathSeparator));
    assertThat(classPath).isNotEqualTo(System.getProperty("java.class.path"));
    Path manifest = Files.writeString(folder.resolve("map.yaml"), CONFIGMAP.formatted("true"));
    try (LintelProcess lintel =
        LintelProcess.startOn(
            classPath,
            "dev.lintel.ingress.Main",
            LintelProcess.SMALL,
            "serve",
            folder.toString(),
            "--http-port=0",
            "--https-port=0",
            "--admin-port=0")) {
      lintel.awaitLine(line -> line.contains("HTTP/3 is wanted, and not served"));
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
