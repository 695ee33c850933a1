package dev.lintel.proxy.edge.h2;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lintel.proxy.message.BodyFraming;
import dev.lintel.proxy.message.HeaderName;
import dev.lintel.proxy.message.HeaderNames;
import dev.lintel.proxy.message.Malformed;
import dev.lintel.proxy.message.Method;
import dev.lintel.proxy.message.RequestHead;
import dev.lintel.proxy.message.Upgrade;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class H2HeadReaderTest {
  private final H2HeadReader reader = new H2HeadReader();
  private final RequestHead head = new RequestHead();
  private final byte[] scratch = new byte[96 * 1024];

  private static DefaultHttp2Headers get(String... namesAndValues) {
    DefaultHttp2Headers fields = new DefaultHttp2Headers(false);
    fields.method("GET").scheme("https").path("/g").authority("a.test");
    for (int i = 0; i < namesAndValues.length; i += 2) {
      fields.add(namesAndValues[i], namesAndValues[i + 1]);
    }
    return fields;
  }

  private @Nullable Malformed read(DefaultHttp2Headers fields, boolean last) {
    return reader.read(fields, last, scratch, head);
  }

  @Test
  void aRequestIsReadAsOneOfHttp11() {
    DefaultHttp2Headers fields =
        get(
            "user-agent",
            "x",
            "cookie",
            "a=1",
            "x-odd_name",
            "1",
            "cookie",
            "b=2",
            "te",
            "trailers");
    fields.method("POST").path("/a/../b%20c?d=1").authority("A.test:8443");
    assertThat(read(fields, false)).isNull();
    assertThat(head.method()).isEqualTo(Method.POST);
    assertThat(head.path()).hasToString("/b c");
    assertThat(head.wirePath()).hasToString("/b%20c");
    assertThat(head.query()).hasToString("?d=1");
    assertThat(head.host()).hasToString("a.test");
    assertThat(head.authority()).hasToString("A.test:8443");
    assertThat(head.text(HeaderNames.COOKIE)).isEqualTo("a=1; b=2");
    assertThat(head.find(HeaderName.of("x-odd_name"))).isNegative();
    assertThat(head.framing()).isEqualTo(BodyFraming.CHUNKED);
    assertThat(head.isHttp11()).isTrue();
  }

  @Test
  void aBodyIsFramedByItsLengthOrItsStream() {
    assertThat(read(get("content-length", "5"), false)).isNull();
    assertThat(head.framing()).isEqualTo(BodyFraming.LENGTH);
    assertThat(head.contentLength()).isEqualTo(5);
    assertThat(read(get(), true)).isNull();
    assertThat(head.framing()).isEqualTo(BodyFraming.NONE);
    assertThat(read(get("content-length", "0"), true)).isNull();
    assertThat(read(get("content-length", "5"), true)).isEqualTo(Malformed.CONTENT_LENGTH);
  }

  @Test
  void aConnectForAWebSocketIsAGetWithAnUpgrade() {
    DefaultHttp2Headers fields = get(":protocol", "WebSocket");
    fields.method("CONNECT");
    assertThat(read(fields, false)).isNull();
    assertThat(head.method()).isEqualTo(Method.GET);
    assertThat(head.methodName()).hasToString("GET");
    assertThat(head.upgrade()).isEqualTo(Upgrade.WEBSOCKET);
    assertThat(head.framing()).isEqualTo(BodyFraming.NONE);
    assertThat(read(get(), false)).isNull();
    assertThat(head.upgrade()).isEqualTo(Upgrade.NONE);
    assertThat(read(get(":protocol", "websocket"), false)).isEqualTo(Malformed.H2_FIELD);
    fields.set(":protocol", "connect-udp");
    assertThat(read(fields, false)).isEqualTo(Malformed.H2_PROTOCOL);
    fields.set(":protocol", "");
    assertThat(read(fields, false)).isEqualTo(Malformed.H2_PROTOCOL);
    fields.set(":protocol", "websocket").set("content-length", "0");
    assertThat(read(fields, false)).isEqualTo(Malformed.CONTENT_LENGTH);
    fields.remove(":protocol");
    assertThat(read(fields, false)).isEqualTo(Malformed.METHOD_NOT_ALLOWED);
  }

  @Test
  void theHostMayComeAsAFieldButNotDiffer() {
    assertThat(read(get("host", "A.TEST"), true)).isNull();
    assertThat(read(get("host", "b.test"), true)).isEqualTo(Malformed.HOST);
    DefaultHttp2Headers fields = get("host", "b.test");
    fields.remove(":authority");
    assertThat(read(fields, true)).isNull();
    assertThat(head.host()).hasToString("b.test");
    fields.remove("host");
    assertThat(read(fields, true)).isEqualTo(Malformed.HOST);
    assertThat(read(get("host", "a.test", "host", "b.test"), true)).isNull();
  }

  @ParameterizedTest
  @CsvSource({
    "x, 'a\rb'",
    "x, 'a\nb'",
    "x, 'a\0b'",
    "x, ' a'",
    "x, 'a '",
    "x, 'a\t'",
    "X-Upper, v",
    "'x y', v",
    "'x:y', v",
    "'', v",
    "'x\r\ny', v",
    "connection, close",
    "keep-alive, x",
    "proxy-connection, x",
    "transfer-encoding, chunked",
    "upgrade, h2c",
    "te, 'trailers, gzip'",
    "cookie, 'a\r\nx: y'"
  })
  void fieldsThatCouldBecomeOthersAreRefused(String name, String value) {
    assertThat(read(get(name, value), true)).isEqualTo(Malformed.H2_FIELD);
  }

  @Test
  void pseudoFieldsHoldNoSpace() {
    assertThat(read((DefaultHttp2Headers) get().method("GET / HTTP/1.1\r\nx: y"), true))
        .isEqualTo(Malformed.H2_FIELD);
    assertThat(read((DefaultHttp2Headers) get().path("/g HTTP/1.1"), true))
        .isEqualTo(Malformed.H2_FIELD);
    assertThat(read((DefaultHttp2Headers) get().authority("a.test\r\nx: y"), true))
        .isEqualTo(Malformed.H2_FIELD);
    assertThat(read((DefaultHttp2Headers) get().path(""), true)).isEqualTo(Malformed.H2_FIELD);
    assertThat(read((DefaultHttp2Headers) get().path("g"), true)).isEqualTo(Malformed.TARGET_FORM);
    assertThat(read((DefaultHttp2Headers) get().path("http://a.test/g"), true))
        .isEqualTo(Malformed.TARGET_FORM);
    assertThat(read((DefaultHttp2Headers) get().path("*"), true)).isEqualTo(Malformed.TARGET_FORM);
    assertThat(read((DefaultHttp2Headers) get().path("/a/..%2fb"), true))
        .isEqualTo(Malformed.PATH_AMBIGUOUS);
    assertThat(read((DefaultHttp2Headers) get().method("CONNECT"), true))
        .isEqualTo(Malformed.METHOD_NOT_ALLOWED);
  }

  @Test
  void lengthsAreOne() {
    assertThat(read(get("content-length", "5", "content-length", "5"), false))
        .isEqualTo(Malformed.CONTENT_LENGTH);
    assertThat(read(get("content-length", "+5"), false)).isEqualTo(Malformed.CONTENT_LENGTH);
  }

  @Test
  void fieldsAndCrumbsAreCounted() {
    DefaultHttp2Headers fields = get();
    for (int i = 0; i < 100; i++) {
      fields.add("x-" + i, "v");
    }
    assertThat(read(fields, true)).isNull();
    for (int i = 0; i < 156; i++) {
      fields.add("cookie", "v");
    }
    assertThat(read(fields, true)).isNull();
    fields.add("cookie", "v");
    assertThat(read(fields, true)).isEqualTo(Malformed.TOO_MANY_FIELDS);
    fields = get();
    for (int i = 0; i < 101; i++) {
      fields.add("x", "v");
    }
    assertThat(read(fields, true)).isEqualTo(Malformed.TOO_MANY_FIELDS);
  }
}
