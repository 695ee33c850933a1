package dev.lintel.proxy.failure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lintel.proxy.failure.ProxyFailure.Retry;
import dev.lintel.proxy.message.Malformed;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FailureTableTest {
  @Test
  void saysWhatClientsGet() {
    assertThat(statuses(ProxyFailure.NO_ROUTE, ProxyFailure.NO_ENDPOINT)).containsExactly(404, 503);
    assertThat(statuses(ProxyFailure.CONNECT_FAILED, ProxyFailure.CONNECT_TIMEOUT))
        .containsExactly(502, 504);
    assertThat(statuses(ProxyFailure.HEAD_TIMEOUT, ProxyFailure.BODY_TOO_LARGE))
        .containsExactly(408, 413);
    assertThat(statuses(ProxyFailure.limited(429), ProxyFailure.LIMITED)).containsExactly(429, 503);
    assertThat(statuses(ProxyFailure.CLIENT_LEFT, ProxyFailure.INTERNAL)).containsExactly(499, 500);
  }

  @ParameterizedTest
  @EnumSource(Malformed.class)
  void countsEveryRefusalByItsReason(Malformed reason) {
    ProxyFailure request = ProxyFailure.request(reason);
    ProxyFailure response = ProxyFailure.response(reason);

    assertThat(request).isSameAs(ProxyFailure.request(reason)).hasToString(reason.reason());
    assertThat(FailureTable.status(request)).isEqualTo(reason.status());
    assertThat(FailureTable.closesConnection(request)).isTrue();
    assertThat(FailureTable.status(response)).isEqualTo(502);
    assertThat(FailureTable.tag(response)).isEqualTo(reason.reason());
  }

  @Test
  void whatSentNoByteMayAlwaysBeTriedAgain() {
    assertThat(ProxyFailure.CONNECT_FAILED.retry()).isEqualTo(Retry.ALWAYS);
    assertThat(ProxyFailure.UPSTREAM_CLOSED.retry()).isEqualTo(Retry.IF_IDEMPOTENT);
    assertThat(ProxyFailure.BAD_RESPONSE.retry()).isEqualTo(Retry.NEVER);
    assertThat(ProxyFailure.RESPONSE_CUT.retry()).isEqualTo(Retry.NEVER);
  }

  @Test
  void hasAPageForEveryStatus() {
    for (int status = 400; status < 600; status++) {
      assertThat(page(status)).contains("<title>" + status).endsWith("</html>\r\n");
    }
    assertThat(page(503)).contains("<h1>503 Service Temporarily Unavailable</h1>");
  }

  private static String page(int status) {
    return new String(FailureTable.page(status), StandardCharsets.US_ASCII);
  }

  private static List<Integer> statuses(ProxyFailure... failures) {
    List<Integer> statuses = new ArrayList<>();
    for (ProxyFailure failure : failures) {
      statuses.add(FailureTable.status(failure));
    }
    return statuses;
  }
}
