package dev.lintel.ingress.feature.affinity;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Which browsers a cookie with `SameSite=None` is kept from.
class NoneRefusalTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/51.0.2704.79"
            + " Safari/537.36",
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/66.0.3359.181 Safari/537.36",
        "Mozilla/5.0 (iPhone; CPU iPhone OS 12_4 like Mac OS X) AppleWebKit/605.1.15 Version/12.1",
        "Mozilla/5.0 (iPad; CPU OS 12_0 like Mac OS X) AppleWebKit/605.1.15 Version/12.0",
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_14_6) AppleWebKit/605.1.15 Version/12.1"
            + " Safari/605.1.15"
      })
  void oldOnes(String userAgent) {
    assertThat(NoneRefusal.isExpectedOf(userAgent)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "curl/8.9.1",
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/120.0.0.0 Safari/537.36",
        "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 Version/17.4",
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_14_6) AppleWebKit/537.36 Chrome/80.0.3987.87"
            + " Safari/537.36"
      })
  void noOthers(String userAgent) {
    assertThat(NoneRefusal.isExpectedOf(userAgent)).isFalse();
  }
}
