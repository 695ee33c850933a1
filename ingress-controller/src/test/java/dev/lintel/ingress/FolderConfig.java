package dev.lintel.ingress;

import dev.lintel.ingress.ControllerConfig.Drain;
import dev.lintel.ingress.ControllerConfig.Folder;
import dev.lintel.ingress.ControllerConfig.Listening;
import dev.lintel.ingress.ControllerConfig.MetricsChoice;
import dev.lintel.ingress.ControllerConfig.Objects;
import dev.lintel.ingress.ControllerConfig.Selection;
import dev.lintel.ingress.ControllerConfig.Status;
import dev.lintel.ingress.ControllerConfig.Streams;
import dev.lintel.ingress.snapshot.ObjectKey;
import dev.lintel.proxy.observe.MetricsOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/// What a process is told that serves a folder of manifests on free ports of loopback.
final class FolderConfig {
  /// It ends at once.
  static final Drain AT_ONCE = new Drain(Duration.ZERO, Duration.ZERO, Duration.ZERO);

  private FolderConfig() {}

  static ControllerConfig of(Path folder, Drain drain, String accessLog) {
    return new ControllerConfig(
        new Folder(folder),
        new Listening(0, 0, 0, "127.0.0.1", "/healthz"),
        new Selection(
            "nginx.ingress.kubernetes.io",
            "k8s.io/ingress-nginx",
            "nginx",
            false,
            false,
            false,
            false),
        new Objects(
            new ObjectKey("ingress-nginx", "ingress-nginx-controller"),
            null,
            null,
            new Streams(
                new ObjectKey("ingress-nginx", "tcp-services"),
                new ObjectKey("ingress-nginx", "udp-services"),
                true)),
        new Status(
            false,
            false,
            null,
            List.of(),
            Duration.ofSeconds(60),
            "lease",
            Duration.ZERO,
            false,
            false),
        new MetricsChoice(
            true,
            true,
            false,
            List.of(1.0),
            List.of(10.0),
            List.of(10.0),
            MetricsOptions.Limits.USUAL),
        drain,
        accessLog,
        false);
  }

  /// The same in a zone.
  static ControllerConfig in(String zone, ControllerConfig config) {
    return new ControllerConfig(
        config.source(),
        config.listening(),
        config.selection(),
        config.objects(),
        config.status(),
        config.metrics(),
        config.drain(),
        config.accessLog(),
        config.showsProblems(),
        config.bodyFiles(),
        new ControllerConfig.Zone(zone, false));
  }
}
