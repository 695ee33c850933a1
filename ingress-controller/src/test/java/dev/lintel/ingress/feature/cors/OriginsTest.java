package dev.lintel.ingress.feature.cors;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lintel.proxy.message.Slice;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OriginsTest {
  private final Origins origins =
      new Origins(
          List.of(
              "https://shop.example.com",
              "http://*.example.com:8080",
              "https://*.example.org",
              "tauri://localhost",
              "http://[2001:db8::1]:80",
              "null"));

  private boolean isAllowed(String origin) {
    return origins.allowed(Slice.of(origin)) != null;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://shop.example.com",
        "HTTPS://Shop.Example.com",
        "http://a.example.com:8080",
        "http://A-1_b.example.com:8080",
        "https://a.example.org",
        "tauri://localhost",
        "http://[2001:db8::1]:80",
        "null"
      })
  void listedOriginsAreAllowed(String origin) {
    assertThat(isAllowed(origin)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "https://shop.example.com.evil.test",
        "https://shopxexample.com",
        "https://evil.test/https://shop.example.com",
        "http://shop.example.com",
        "https://shop.example.com:443",
        "https://shop.example.co",
        "http://example.com:8080",
        "http://.example.com:8080",
        "http://a.b.example.com:8080",
        "http://evil.test/.example.com:8080",
        "http://evil.test#.example.com:8080",
        "http://user@a.example.com:8080",
        "http://a.example.com",
        "https://evilexample.org",
        "https://example.org",
        "http://2001:db8::1:80",
        "nul",
        "nulls",
        "*",
        "https://*.example.org"
      })
  void othersAreNot(String origin) {
    assertThat(isAllowed(origin)).isFalse();
  }

  @Test
  void aWildcardAnswersWithWhatWasSentAndAnEntryWithItself() {
    assertThat(origins.allowed(Slice.of("https://A.example.org")))
        .isEqualTo(bytes("https://A.example.org"));
    assertThat(origins.allowed(Slice.of("https://SHOP.example.com")))
        .isEqualTo(bytes("https://shop.example.com"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://a.test/",
        "a.test",
        "*.a.test",
        "https://*",
        "https://a.*.test",
        "https://*.*.test",
        "https://",
        "https://a..test",
        "https://a.test:",
        "https://a.test:123456",
        "https://u@a.test",
        "https://a.test\nX: y",
        ""
      })
  void whatIsNoOriginCannotBeListed(String entry) {
    assertThat(Origins.isEntry(entry)).isFalse();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
