package dev.lintel.proxy.message;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ResponseHeadWriterTest {
  private final ResponseHead head = new ResponseHead();

  private String written(String text) {
    byte[] in = text.getBytes(ISO_8859_1);
    assertThat(ResponseScanner.scan(in, 0, in.length, head, false)).isEqualTo(ScanResult.COMPLETE);
    byte[] out = new byte[ResponseHeadWriter.most(head)];
    byte[] date = "now".getBytes(ISO_8859_1);
    int end = ResponseHeadWriter.write(head, true, false, Upgrade.NONE, date, out, 0);
    return new String(out, 0, end, ISO_8859_1);
  }

  @Test
  void linesThatEndWithLfAloneGoOnWithCrlf() {
    assertThat(written("HTTP/1.1 200 OK\nA: 1\nServer: s\nB: 2 \r\nC:\nContent-Length: 2\n\n"))
        .isEqualTo(
            "HTTP/1.1 200 OK\r\nA: 1\r\nB: 2\r\nC:\r\nDate: now\r\nContent-Length: 2\r\n\r\n");
  }

  @Test
  void asManyFieldsAsAreReadGoOnWithWhatIsAdded() {
    String many = "a: b\n".repeat(256);
    assertThat(written("HTTP/1.1 204 No\n" + many + "\n"))
        .isEqualTo("HTTP/1.1 204 No\r\n" + "a: b\r\n".repeat(256) + "Date: now\r\n\r\n");
  }

  @Test
  void thereIsRoomForTheEndsOfMany() {
    String many = "a:\n".repeat(250);
    assertThat(written("HTTP/1.1 204 No\n" + many + "\n"))
        .isEqualTo("HTTP/1.1 204 No\r\n" + "a:\r\n".repeat(250) + "Date: now\r\n\r\n");
  }
}
