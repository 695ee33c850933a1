package dev.lintel.proxy.message;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// The values of the cookies of one name.
class CookiesTest {
  private static List<String> values(String name, String... fields) {
    StringBuilder text = new StringBuilder("GET / HTTP/1.1\r\nHost: a.test\r\n");
    for (String field : fields) {
      text.append("Cookie: ").append(field).append("\r\n");
    }
    byte[] bytes = text.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
    RequestHead head = new RequestHead();
    assertThat(RequestScanner.scan(bytes, 0, bytes.length, head, false))
        .isEqualTo(ScanResult.COMPLETE);
    List<String> values = new ArrayList<>();
    Slice value = new Slice();
    HeaderName wanted = HeaderName.of(name);
    for (long at = Cookies.next(head, wanted, Cookies.FIRST, value);
        at != Cookies.NONE;
        at = Cookies.next(head, wanted, at, value)) {
      values.add(value.toString());
    }
    assertThat(value.isEmpty()).isTrue();
    return values;
  }

  @Test
  void eachCookieOfTheNameIsFoundInOrder() {
    assertThat(values("route", "a=1; route=x|y; b=2; route=z", "route=w; c=3"))
        .containsExactly("x|y", "z", "w");
  }

  @Test
  void otherCookiesAreNot() {
    assertThat(values("route", "aroute=1; routes=2; x=route=3; route; =route")).isEmpty();
    assertThat(values("route")).isEmpty();
  }

  @Test
  void valuesAreTakenAsTheyAre() {
    assertThat(values("r", "r=")).containsExactly("");
    assertThat(values("r", ";;  r=a=b ;r=\"q\"")).containsExactly("a=b", "\"q\"");
  }
}
