package dev.lintel.ingress;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lintel.proxy.observe.LogFormat;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// What `docs/observability.md` says can be done as it stands there.
@ExtendWith(LeakCheck.class)
class ObservabilityPageIT {
  private static final Pattern VARIABLE = Pattern.compile("`(\\$[a-z_0-9]+)(NAME)?`");

  @TempDir private Path folder;

  private static String page() throws Exception {
    Path here = Path.of("").toAbsolutePath();
    Path root = Files.exists(here.resolve("docs")) ? here : here.getParent();
    return Files.readString(root.resolve("docs/observability.md"));
  }

  /// The lines that are set off by four spaces and begin so.
  private static List<String> code(String begin) throws Exception {
    return page()
        .lines()
        .filter(line -> line.startsWith("    " + begin))
        .map(String::strip)
        .toList();
  }

  @Test
  void itsCommandsShowWhatItSays() throws Exception {
    try (IngressSite site = IngressSite.start(folder, IngressSite.ingress("a.test"))) {
      assertThat(site.status("a.test", "/", "")).isEqualTo("200");
      List<String> commands = code("curl");
      assertThat(commands).hasSize(1);
      String here = commands.getFirst().replace("10254", Integer.toString(site.adminPort()));
      assertThat(Shell.run(here))
          .contains("nginx_ingress_controller_request_duration_seconds_count{")
          .contains("host=\"a.test\"")
          .contains("} 1\n");
    }
  }

  @Test
  void itsSettingsTraceAndMirror() throws Exception {
    try (OtlpReceiver collector = OtlpReceiver.grpc();
        AuthService shadow = AuthService.start()) {
      String keys =
          String.join("\n", code("enable-opentelemetry"))
              + "\n  "
              + String.join("\n  ", code("otlp-"))
              + "\n  "
              + String.join("\n  ", code("otel-")).replace("0.01", "1");
      String otel =
          IngressSite.service("otel-collector", collector.port(), "127.0.0.1")
              .replace("namespace: default", "namespace: observability")
              .replace("port: 80,", "port: 4317,");
      String mirror = code("nginx.ingress").getFirst();
      String target =
          mirror
              .substring(mirror.indexOf('/') + 1)
              .replace("\"", "")
              .replace("https://shadow.example.com", "http://shadow.default.svc");
      try (IngressSite site =
          IngressSite.start(
              folder,
              IngressSite.config(keys),
              otel,
              IngressSite.service("shadow", shadow.port(), "127.0.0.1"),
              IngressSite.ingress("a.test", target))) {
        assertThat(site.status("a.test", "/copied", "")).isEqualTo("200");
        assertThat(collector.await(1)).hasSize(1);
        long until = System.nanoTime() + 10_000_000_000L;
        while (shadow.seen("/copied").isEmpty() && System.nanoTime() < until) {
          Thread.sleep(10);
        }
        assertThat(shadow.seen("/copied")).hasSize(1);
      }
    }
  }

  @Test
  void itsVariablesAreKnown() throws Exception {
    List<MatchResult> named = VARIABLE.matcher(page()).results().toList();
    assertThat(named).hasSizeGreaterThan(60);
    for (MatchResult each : named) {
      String variable = each.group(1) + (each.group(2) == null ? "" : "some");
      assertThat(LogFormat.compile(variable).unknownVariables()).as(variable).isEmpty();
    }
  }
}
