package dev.lintel.ingress.link;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lintel.proxy.upstream.Upstream;
import dev.lintel.proxy.upstream.UpstreamSettings;
import dev.lintel.proxy.upstream.guard.Guard;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class NameResolutionTest {
  private final Upstream upstream = new Upstream("u", UpstreamSettings.DEFAULT, Guard.NONE);

  @Test
  void anAddressNeedsNoResolver() {
    try (NameResolution names = new NameResolution(true, Duration.ofHours(1))) {
      names.follow(upstream, "192.0.2.7", 80);
      assertThat(upstream.endpoints().endpoints())
          .extracting(endpoint -> endpoint.text())
          .containsExactly("192.0.2.7:80");
    }
  }

  @Test
  void inAClusterNoAddressLeadsIntoThePodOrItsLink() {
    try (NameResolution names = new NameResolution(true, Duration.ofHours(1))) {
      for (String host :
          new String[] {"127.0.0.2", "::1", "169.254.169.254", "fe80::1", "0.0.0.0", "224.0.0.1"}) {
        names.follow(upstream, host, 80);
        assertThat(upstream.endpoints().endpoints()).as(host).isEmpty();
      }
    }
  }

  @Test
  void theFirstAnswersAreWaitedFor() {
    try (NameResolution names = new NameResolution(false, Duration.ofHours(1))) {
      names.follow(upstream, "localhost", 80);
      names.awaitAnswers(Duration.ofSeconds(30));
      assertThat(upstream.endpoints().endpoints()).isNotEmpty();
    }
  }
}
