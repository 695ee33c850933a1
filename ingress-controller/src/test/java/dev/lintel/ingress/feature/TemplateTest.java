package dev.lintel.ingress.feature;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lintel.proxy.exchange.ClientAddress;
import dev.lintel.proxy.exchange.ClientConnection;
import dev.lintel.proxy.exchange.ClientSide;
import dev.lintel.proxy.exchange.Exchange;
import dev.lintel.proxy.exchange.LoopTraffic;
import dev.lintel.proxy.loop.Loop;
import dev.lintel.proxy.loop.Transport;
import dev.lintel.proxy.message.RequestHead;
import dev.lintel.proxy.message.RequestScanner;
import dev.lintel.proxy.message.ScanResult;
import dev.lintel.proxy.observe.AccessLog;
import dev.lintel.proxy.observe.Metrics;
import dev.lintel.proxy.observe.MetricsOptions;
import io.netty.channel.embedded.EmbeddedChannel;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/// What nginx's variables stand for.
class TemplateTest {
  private static final String REQUEST =
      """
      PUT /a/../b%20c/%0d%0aX:%20y?d=e&F=g%26 HTTP/1.1
      Host: Shop.test:8080
      X-Many: one
      X-Many: two
      Cookie: a=1; Session=s2; session=s3
      Authorization: Basic am9lOnNlY3JldA==

      """;

  private static Exchange exchange(String request, boolean tls) {
    RequestHead head = new RequestHead();
    byte[] bytes = request.replace("\n", "\r\n").getBytes(StandardCharsets.ISO_8859_1);
    assertThat(RequestScanner.scan(bytes, 0, bytes.length, head, tls))
        .isEqualTo(ScanResult.COMPLETE);
    Loop loop = new Loop(0, new EmbeddedChannel().eventLoop(), Transport.portable());
    LoopTraffic traffic =
        new LoopTraffic(loop, AccessLog.off(), new Metrics(MetricsOptions.of("", "", "")));
    ClientAddress address = ClientAddress.of(InetAddress.ofLiteral("192.0.2.7"));
    ClientSide nobody =
        (ClientSide)
            Proxy.newProxyInstance(
                TemplateTest.class.getClassLoader(),
                new Class<?>[] {ClientSide.class},
                (_, method, _) -> {
                  throw new AssertionError(method + " is called");
                });
    return new Exchange(new ClientConnection(traffic, address, 1, tls, 80, 1), nobody, head);
  }

  private static String written(String text, Form form) {
    Line line = new Line();
    Template.of(text).write(exchange(REQUEST, true), line, form);
    return new String(line.toBytes(), StandardCharsets.ISO_8859_1);
  }

  private static String written(String text) {
    return written(text, Form.FIELD);
  }

  @Test
  void theRequestIsTold() {
    assertThat(written("$scheme://$http_host$request_uri"))
        .isEqualTo("https://Shop.test:8080/b%20c/%0d%0aX:%20y?d=e&F=g%26");
    assertThat(written("$host $best_http_host $pass_access_scheme"))
        .isEqualTo("shop.test Shop.test:8080 https");
    assertThat(written("$request_method $remote_addr")).isEqualTo("PUT 192.0.2.7");
    assertThat(written("$args$is_args$query_string")).isEqualTo("d=e&F=g%26?d=e&F=g%26");
    assertThat(written("$escaped_request_uri"))
        .isEqualTo("%2Fb%2520c%2F%250d%250aX%3A%2520y%3Fd%3De%26F%3Dg%2526");
    assertThat(written("${host}a$remote_user.")).isEqualTo("shop.testajoe.");
  }

  @Test
  void noValueEndsALine() {
    assertThat(written("$uri", Form.FIELD)).isEqualTo("/b c/%0D%0AX: y");
    assertThat(written("/x$uri", Form.TARGET)).isEqualTo("/x/b%20c/%0D%0AX:%20y");
  }

  @Test
  void fieldsCookiesAndArgumentsHaveNames() {
    assertThat(written("$http_x_many")).isEqualTo("one, two");
    assertThat(written("[$http_x_none]")).isEqualTo("[]");
    assertThat(written("$cookie_a$cookie_session")).isEqualTo("1s2");
    assertThat(written("[$cookie_sess]")).isEqualTo("[]");
    assertThat(written("$arg_d$arg_f")).isEqualTo("eg%26");
    assertThat(written("[$arg_e]")).isEqualTo("[]");
  }

  @Test
  void whatDoesNotShowANameIsNobody() {
    for (String authorization :
        new String[] {"Bearer am9lOnNlY3JldA==", "Basic", "Basic !", "Basicam9lOnNlY3JldA=="}) {
      Line line = new Line();
      String request = REQUEST.replace("Basic am9lOnNlY3JldA==", authorization);
      Template.of("$remote_user").write(exchange(request, true), line, Form.FIELD);
      assertThat(line.length()).as(authorization).isZero();
    }
  }

  @Test
  void valuesOfAKeyCountEachByItself() {
    String one = values("$cookie_a$cookie_b", "Cookie: a=ab; b=c");
    String other = values("$cookie_a$cookie_b", "Cookie: a=a; b=bc");
    assertThat(one).isNotEqualTo(other);
    assertThat(values("x$cookie_a", "Cookie: b=c")).isEqualTo("false 0:");
    assertThat(values("x$cookie_a$host", "Cookie: b=c")).startsWith("true ");
  }

  private static String values(String text, String field) {
    Line line = new Line();
    String request = "GET / HTTP/1.1\nHost: a.test\n" + field + "\n\n";
    boolean any = Template.of(text).writeValues(exchange(request, false), line);
    return any + " " + new String(line.toBytes(), StandardCharsets.ISO_8859_1);
  }
}
