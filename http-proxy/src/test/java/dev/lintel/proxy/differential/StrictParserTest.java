package dev.lintel.proxy.differential;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lintel.proxy.differential.StrictParser.End;
import dev.lintel.proxy.differential.StrictParser.Reading;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What the second reader takes, and what it does not.
class StrictParserTest {
  private static final String HOST = "Host: a.test\r\n";

  private static Reading read(String text) {
    return StrictParser.readAll(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  @Test
  void requestsInARowAreReadWithTheirBodies() {
    Reading all =
        read(
            "POST /1 HTTP/1.1\r\n"
                + HOST
                + "Content-Length: 3\r\n\r\nabc\r\n"
                + "PUT http://a.test/2 HTTP/1.1\r\n"
                + HOST
                + "Transfer-Encoding: Chunked\r\n\r\n"
                + "2;a=\"\\\";\"\r\nab\r\n01\r\nc\r\n0\r\nX: y\r\n\r\n"
                + "GET /3 HTTP/1.0\r\n\r\nGET /4 HTTP/1.1\r\n");
    assertThat(all.end()).isEqualTo(End.LAST);
    assertThat(all.requests())
        .extracting(r -> r.method() + r.origin() + r.body())
        .containsExactly("POST/1abc", "PUT/2abc", "GET/3");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Content-Length: 1\r\nContent-Length: 1\r\n\r\na",
        "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "Content-Length: +1\r\n\r\na",
        "Content-Length : 1\r\n\r\na",
        "Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding: chunked\r\n\r\n1\r\nab\r\n0\r\n\r\n",
        "Transfer-Encoding: chunked\r\n\r\n1\na\r\n0\r\n\r\n",
        "Transfer-Encoding: chunked\r\n\r\n1 \r\na\r\n0\r\n\r\n",
        "Transfer-Encoding: chunked\r\n\r\n1;\r\na\r\n0\r\n\r\n",
        "Transfer-Encoding: chunked\r\n\r\n1;a=\"\r\na\r\n0\r\n\r\n",
        "Transfer-Encoding: chunked\r\n\r\n0\r\nno colon\r\n\r\n",
        "X: a\r\n b\r\n\r\n",
        "X: a\n\r\n",
        "X: a\rb\r\n\r\n",
        "X: a\u0000\r\n\r\n",
        "Host: a.test\r\n\r\n",
      })
  void whatMayBeReadInTwoWaysIsBroken(String fields) {
    Reading reading = read("POST / HTTP/1.1\r\n" + HOST + fields);
    assertThat(reading.end()).isEqualTo(End.BROKEN);
    assertThat(reading.requests()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "POST / HT",
        "POST / HTTP/1.1\r\nHost: a.test\r\n",
        "POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 3\r\n\r\nab",
        "POST / HTTP/1.1\r\nHost: a.test\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n",
      })
  void whatEndsTooEarlyIsNoRequest(String text) {
    assertThat(read(text).end()).isEqualTo(End.CUT);
    assertThat(read(text).requests()).isEmpty();
  }
}
