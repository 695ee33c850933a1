package dev.lintel.ingress;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// Whose requests the access log has.
@ExtendWith(LeakCheck.class)
class AccessLogSwitchIT {
  private static final Duration WRITTEN = Duration.ofSeconds(10);

  @TempDir private Path folder;
  @TempDir private Path logs;

  @Test
  void theRequestsOfARouteCanBeLeftOut() throws Exception {
    Path log = logs.resolve("access.log");
    try (IngressSite site =
        IngressSite.startLogging(
            folder,
            log.toString(),
            IngressSite.ingress("loud.test"),
            IngressSite.ingress("quiet.test", "enable-access-log: false"))) {
      assertThat(site.status("quiet.test", "/nobody-knows", "")).isEqualTo("200");
      assertThat(site.status("loud.test", "/everybody-knows", "")).isEqualTo("200");

      long until = System.nanoTime() + WRITTEN.toNanos();
      while (!Files.readString(log).contains("/everybody-knows") && System.nanoTime() < until) {
        Thread.sleep(20);
      }
      assertThat(Files.readString(log))
          .contains("/everybody-knows")
          .doesNotContain("/nobody-knows");
    }
  }
}
