package dev.lintel.proxy.observe;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What requests are hashed by.
class KeyExpressionTest {
  private final KeyWriter writer = new KeyWriter();
  private final SampleRequest request = new SampleRequest();

  private static int crc(String text) {
    CRC32 crc = new CRC32();
    crc.update(text.getBytes(StandardCharsets.US_ASCII));
    return (int) crc.getValue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      value = {
        "$request_uri~/cart?item=7",
        "$remote_addr$host~203.0.113.9shop.example.com",
        "${uri}-${args}~/cart-item=7",
        "$http_user_agent~curl/8.9.1",
        "$cookie_route~k",
        "$arg_item~7",
        "$http_x_tenant$cookie_no$arg_no~''",
        "fixed~fixed"
      })
  void theHashIsThatOfTheText(String expression, String text) {
    KeyExpression key = KeyExpression.compile(expression);

    assertThat(key.unknownVariables()).isEmpty();
    assertThat(writer.hash(key, request)).isEqualTo(crc(text));
  }

  @ParameterizedTest
  @CsvSource({"$upstream_addr", "$status", "$msec", "$geoip_city", "$1"})
  void whatIsNotKnownBeforeAnUpstreamIsAskedIsNamed(String variable) {
    assertThat(KeyExpression.compile("$host" + variable).unknownVariables())
        .containsExactly(variable);
  }
}
