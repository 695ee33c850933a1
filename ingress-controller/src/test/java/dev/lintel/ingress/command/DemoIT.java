package dev.lintel.ingress.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lintel.ingress.DemoFolder;
import dev.lintel.ingress.FreePort;
import dev.lintel.ingress.LeakCheck;
import dev.lintel.ingress.LintelProcess;
import dev.lintel.ingress.Shell;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// `lintel demo`, and every command it prints.
@ExtendWith(LeakCheck.class)
class DemoIT {
  private static List<Integer> freePorts() throws Exception {
    return List.of(FreePort.tcp(), FreePort.tcp(), FreePort.tcp());
  }

  @Test
  void everyPrintedCommandShowsWhatItSays(@TempDir Path temp) throws Exception {
    Path folder = DemoFolder.copy(temp, freePorts());
    try (LintelProcess demo =
        LintelProcess.start(
            "demo",
            "--manifests",
            folder.toString(),
            "--http-port=0",
            "--https-port=0",
            "--admin-port=0",
            "--access-log-path=off")) {
      demo.awaitLine(line -> line.contains("Ctrl-C ends the demo"));
      List<String> lines = demo.output().lines().map(String::strip).toList();
      List<String> statuses = new ArrayList<>();
      for (int i = 0; i + 1 < lines.size(); i++) {
        if (lines.get(i).startsWith("# ")) {
          statuses.add(statuses(Shell.run(lines.get(i + 1))));
        }
      }
      assertThat(statuses)
          .as(demo.output())
          .containsExactly("200", "200", "200", "308 200", "401", "200", "200 200 200 503 503");

      demo.terminate();
      assertThat(demo.await()).as(demo.output()).isZero();
    }
  }

  /// The status codes in what a command printed, in their order.
  private static String statuses(String printed) {
    List<String> found = new ArrayList<>();
    for (String line : printed.lines().toList()) {
      if (line.matches("HTTP/\\S+ \\d{3}.*")) {
        found.add(line.split(" ")[1]);
      } else if (line.matches("\\d{3}")) {
        found.add(line);
      }
    }
    return String.join(" ", found);
  }

  @Test
  void aPortOfABackendInUseIsNamed(@TempDir Path temp) throws Exception {
    try (ServerSocket taken =
        new ServerSocket(FreePort.tcp(), 1, InetAddress.getLoopbackAddress())) {
      List<Integer> ports = new ArrayList<>(freePorts());
      ports.set(1, taken.getLocalPort());
      Path folder = DemoFolder.copy(temp, ports);
      try (LintelProcess demo = LintelProcess.start("demo", "--manifests", folder.toString())) {
        assertThat(demo.await()).isEqualTo(ExitCode.PORT);
        assertThat(demo.output()).contains("lintel demo: port " + taken.getLocalPort());
      }
    }
  }
}
