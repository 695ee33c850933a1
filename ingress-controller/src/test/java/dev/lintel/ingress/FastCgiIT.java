package dev.lintel.ingress;

import static dev.lintel.ingress.FastCgiServer.STDERR;
import static dev.lintel.ingress.FastCgiServer.STDOUT;
import static dev.lintel.ingress.FastCgiServer.end;
import static dev.lintel.ingress.FastCgiServer.record;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Upstreams that speak FastCGI, good ones and others, for clients of HTTP/1.1 and HTTP/2.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@ExtendWith(LeakCheck.class)
class FastCgiIT {
  private static final String ONE = "--http1.1";
  private static final String TWO = "--http2-prior-knowledge";
  private static final String FCGI = "backend-protocol: FCGI";
  private static final String PARAMS =
      """
      ---
      apiVersion: v1
      kind: ConfigMap
      metadata: {namespace: default, name: php}
      data:
        SCRIPT_FILENAME: "/srv/www$fastcgi_script_name"
        DOCUMENT_ROOT: /srv/www
        APP: "$host $http_x_app $remote_user"
      """;

  @TempDir private Path scratch;
  private FastCgiServer server;
  private IngressSite site;

  @BeforeAll
  void start(@TempDir Path folder) throws Exception {
    server = new FastCgiServer();
    scripts();
    site =
        IngressSite.start(
            folder,
            PARAMS,
            IngressSite.service("fcgi", server.port(), "127.0.0.1"),
            IngressSite.ingressTo("fcgi", "plain.test", FCGI),
            IngressSite.ingressTo(
                "fcgi",
                "php.test",
                FCGI,
                "fastcgi-index: index.php",
                "fastcgi-params-configmap: php"),
            IngressSite.ingressTo("fcgi", "brief.test", FCGI, "proxy-read-timeout: 1"),
            IngressSite.ingressTo(
                "fcgi", "whole.test", FCGI, "proxy-request-buffering: on", "proxy-body-size: 0"),
            IngressSite.ingressTo(
                "fcgi", "rewritten.test", FCGI, "rewrite-target: /app.php", "proxy-body-size: 0"),
            IngressSite.ingressTo("fcgi", "kept.test", FCGI)
                .replace(
                    "kubernetes.io/description: \"a case\"",
                    "lintel.dev/fastcgi-keep-connections: \"true\""));
  }

  @AfterAll
  void stop() throws IOException {
    site.close();
    server.close();
  }

  private void scripts() {
    server.on("/lf", (_, out) -> out.write(all("Status: 404 Gone fishing\nX-A: b\n\nnot here", 0)));
    server.on("/found", (_, out) -> out.write(all("Location: /elsewhere\r\n\r\n", 0)));
    server.on("/empty", (_, out) -> out.write(all("Status: 204\r\n\r\n", 0)));
    server.on("/length", (_, out) -> out.write(all("Content-Length: 3\r\n\r\nabcdef", 0)));
    server.on("/short", (_, out) -> out.write(all("Content-Length: 9\r\n\r\nabc", 0)));
    server.on(
        "/pieces",
        (_, out) -> {
          for (String each : List.of("Con", "tent-Type: a/b\r", "\n", "\r\nbo", "dy")) {
            byte[] bytes = record(STDOUT, each);
            for (byte b : bytes) {
              out.write(b);
              out.flush();
            }
          }
          out.write(record(STDOUT, ""));
          out.write(record(STDERR, ""));
          out.write(end(0));
        });
    server.on(
        "/errors",
        (_, out) -> {
          out.write(record(STDERR, "PHP Warning: \u001b[31m undefined\nvariable"));
          out.write(all("\r\nfine", 0));
        });
    server.on("/little", (_, out) -> out.write(all("\r\n" + "x".repeat(1_000), 0)));
    server.on(
        "/much",
        (_, out) -> {
          for (int i = 0; i < 20; i++) {
            out.write(record(STDOUT, (i == 0 ? "\r\n" : "") + "x".repeat(10_000)));
          }
          out.write(end(0));
        });
    server.on("/busy", (_, out) -> out.write(end(2)));
    server.on("/role", (_, out) -> out.write(end(3)));
    server.on("/nothing", (_, out) -> out.write(end(0)));
    server.on(
        "/close",
        (_, _) -> {
          throw new IOException("as planned");
        });
    server.on(
        "/cut",
        (_, out) -> {
          out.write(record(STDOUT, "\r\nhalf"));
          throw new IOException("as planned");
        });
    server.on("/hang", (_, _) -> sleep(5_000));
    hostile();
  }

  private void hostile() {
    byte[] head = "\r\nok".getBytes(StandardCharsets.US_ASCII);
    server.on("/version", (_, out) -> out.write(record(2, STDOUT, 1, head, 0)));
    server.on("/id", (_, out) -> out.write(record(1, STDOUT, 2, head, 0)));
    server.on("/management", (_, out) -> out.write(record(1, 10, 0, head, 0)));
    server.on("/type", (_, out) -> out.write(record(1, 4, 1, head, 0)));
    server.on("/end-length", (_, out) -> out.write(record(1, 3, 1, new byte[7], 0)));
    server.on(
        "/http",
        (_, out) -> out.write("HTTP/1.1 200 OK\r\n\r\n".getBytes(StandardCharsets.US_ASCII)));
    server.on("/nph", (_, out) -> out.write(all("HTTP/1.1 200 OK\r\n\r\n", 0)));
    server.on("/field", (_, out) -> out.write(all("no colon\r\n\r\n", 0)));
    server.on("/name", (_, out) -> out.write(all("a b: c\r\n\r\n", 0)));
    server.on("/control", (_, out) -> out.write(all("X: a\u0000b\r\n\r\n", 0)));
    server.on("/status", (_, out) -> out.write(all("Status: 99\r\n\r\n", 0)));
    server.on("/statuses", (_, out) -> out.write(all("Status: 200\r\nStatus: 500\r\n\r\n", 0)));
    server.on("/interim", (_, out) -> out.write(all("Status: 101\r\nUpgrade: x\r\n\r\n", 0)));
    server.on(
        "/chunked", (_, out) -> out.write(all("Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 0)));
    server.on(
        "/lengths",
        (_, out) -> out.write(all("Content-Length: 1\r\nContent-Length: 2\r\n\r\nab", 0)));
    server.on(
        "/endless",
        (_, out) -> {
          for (int i = 0; i < 200; i++) {
            out.write(record(STDOUT, "X-" + i + ": " + "y".repeat(1_000) + "\r\n"));
          }
          out.write(end(0));
        });
    server.on(
        "/drip",
        (_, out) -> {
          for (int i = 0; i < 3_000; i++) {
            out.write(
                record(1, STDOUT, 1, new byte[] {(byte) (i == 0 ? 'X' : i == 1 ? ':' : 'a')}, 0));
            out.flush();
          }
          out.write(all("\r\n\r\nin the end", 0));
        });
    server.on(
        "/behind",
        (_, out) -> {
          out.write(all("Content-Length: 4\r\n\r\ngood", 0));
          out.write(all("Content-Length: 4\r\n\r\nevil", 0));
        });
  }

  /// A whole answer.
  private static byte[] all(String output, int status) {
    java.io.ByteArrayOutputStream out = new java.io.ByteArrayOutputStream();
    out.writeBytes(record(STDOUT, output));
    out.writeBytes(end(status));
    return out.toByteArray();
  }

  private static void sleep(long millis) throws IOException {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  private String answer(String protocol, String host, String path, String more) throws Exception {
    return site.answer(host, path, protocol + " " + more);
  }

  @ParameterizedTest
  @ValueSource(strings = {ONE, TWO})
  void anApplicationLearnsWhatCgiSays(String protocol) throws Exception {
    String more =
        "--path-as-is -H 'X-App: one' -H 'x-app: two' -H 'Content-Type: text/x' -H 'Proxy: evil'"
            + " -H 'X-Real-IP: 6.6.6.6' -H 'X-Forwarded-For: 6.6.6.6' -u demo:lintel -d body";
    assertThat(answer(protocol, "php.test", "/a%20b/./c/?d=e%20f&g", more)).contains(" 200");
    Map<String, String> params = server.last().params();
    assertThat(params)
        .containsEntry("REQUEST_METHOD", "POST")
        .containsEntry("QUERY_STRING", "d=e%20f&g")
        .containsEntry("REQUEST_URI", "/a%20b/./c/?d=e%20f&g")
        .containsEntry("DOCUMENT_URI", "/a b/c/")
        .containsEntry("SCRIPT_NAME", "/a b/c/index.php")
        .containsEntry("SCRIPT_FILENAME", "/srv/www/a b/c/index.php")
        .containsEntry("DOCUMENT_ROOT", "/srv/www")
        .containsEntry("APP", "php.test one demo")
        .containsEntry("CONTENT_TYPE", "text/x")
        .containsEntry("CONTENT_LENGTH", "4")
        .containsEntry("REMOTE_ADDR", "127.0.0.1")
        .containsEntry("REQUEST_SCHEME", "http")
        .containsEntry("SERVER_NAME", "php.test")
        .containsEntry("SERVER_PROTOCOL", "HTTP/1.1")
        .containsEntry("GATEWAY_INTERFACE", "CGI/1.1")
        .containsEntry("REDIRECT_STATUS", "200")
        .containsEntry("HTTP_X_APP", "one, two")
        .containsEntry("HTTP_X_FORWARDED_FOR", "127.0.0.1")
        .containsEntry("HTTP_X_REAL_IP", "127.0.0.1")
        .containsKey("HTTP_X_REQUEST_ID")
        .doesNotContainKeys("HTTPS", "HTTP_PROXY", "REMOTE_USER", "HTTP_CONTENT_LENGTH");
    assertThat(server.last().body()).asString().isEqualTo("body");
    assertThat(server.last().keeps()).isFalse();
    assertThat(params).containsEntry("HTTP_X_ORIGINAL_FORWARDED_FOR", "6.6.6.6");
    assertThat(params.values().stream().filter(value -> value.contains("6.6.6.6"))).hasSize(1);
  }

  @Test
  void aRewrittenPathIsTheScriptAndTheTargetStays() throws Exception {
    assertThat(answer(ONE, "rewritten.test", "/pretty/url?q=1", "")).contains(" 200");
    assertThat(server.last().params())
        .containsEntry("SCRIPT_NAME", "/app.php")
        .containsEntry("REQUEST_URI", "/pretty/url?q=1")
        .containsEntry("QUERY_STRING", "q=1");
  }

  @Test
  void tlsIsTold() throws Exception {
    String curl =
        "curl -sk --http1.1 --resolve php.test:"
            + site.httpsPort()
            + ":127.0.0.1 https://php.test:"
            + site.httpsPort()
            + "/";
    assertThat(Shell.run(curl)).contains("HTTPS=on\n").contains("REQUEST_SCHEME=https\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {ONE, TWO})
  void bodiesPassBothWays(String protocol) throws Exception {
    byte[] large = new byte[3_000_000];
    Path file = Files.write(scratch.resolve("large"), large);
    assertThat(answer(protocol, "rewritten.test", "/", "-H 'Expect:' --data-binary @" + file))
        .contains("body=3000000")
        .contains("CONTENT_LENGTH=3000000");
    Path small = Files.write(scratch.resolve("small"), new byte[5_000]);
    String stream = "-H 'Transfer-Encoding: chunked' --data-binary @" + small;
    if (protocol.equals(ONE)) {
      assertThat(
              answer(
                  protocol,
                  "whole.test",
                  "/",
                  "-H 'Expect:' -H 'Transfer-Encoding: chunked' --data-binary @" + file))
          .contains("body=3000000")
          .contains("CONTENT_LENGTH=3000000");
      assertThat(answer(protocol, "plain.test", "/", stream))
          .contains("body=5000")
          .contains("CONTENT_LENGTH=5000");
      assertThat(
              answer(
                  protocol,
                  "rewritten.test",
                  "/",
                  "-H 'Expect:' -H 'Transfer-Encoding: chunked' --data-binary @" + file))
          .contains(" 411");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {ONE, TWO})
  void answersAreReadAsCgiSays(String protocol) throws Exception {
    assertThat(answer(protocol, "plain.test", "/lf", ""))
        .contains(" 404")
        .containsIgnoringCase("x-a: b\r")
        .doesNotContainIgnoringCase("status:")
        .endsWith("not here");
    assertThat(answer(protocol, "plain.test", "/found", ""))
        .contains(" 302")
        .containsIgnoringCase("location: /elsewhere");
    assertThat(answer(protocol, "plain.test", "/empty", "")).contains(" 204");
    assertThat(answer(protocol, "plain.test", "/length", "")).contains(" 200").endsWith("abc");
    assertThat(answer(protocol, "plain.test", "/pieces", ""))
        .containsIgnoringCase("content-type: a/b")
        .endsWith("body");
    assertThat(answer(protocol, "plain.test", "/errors", "")).contains(" 200").endsWith("fine");
    assertThat(answer(protocol, "plain.test", "/lf", "-I")).contains(" 404").doesNotContain("fish");
  }

  @ParameterizedTest
  @ValueSource(strings = {ONE, TWO})
  void whatIsNoAnswerIsAFailure(String protocol) throws Exception {
    for (String path :
        List.of(
            "busy",
            "role",
            "nothing",
            "close",
            "version",
            "id",
            "management",
            "type",
            "end-length",
            "http",
            "nph",
            "field",
            "name",
            "control",
            "status",
            "statuses",
            "interim",
            "chunked",
            "lengths",
            "endless",
            "drip")) {
      assertThat(site.status("plain.test", "/" + path, protocol)).as(path).isEqualTo("502");
    }
    assertThat(site.status("brief.test", "/hang", protocol)).isEqualTo("504");
  }

  @ParameterizedTest
  @ValueSource(strings = {ONE, TWO})
  void whatBreaksOffIsNeverWhole(String protocol) throws Exception {
    for (String path : List.of("cut", "short")) {
      String exit =
          Shell.run(
              "curl -s -m 20 -o /dev/null "
                  + protocol
                  + " -H 'Host: plain.test' http://127.0.0.1:"
                  + site.httpPort()
                  + "/"
                  + path
                  + "; echo $?");
      assertThat(exit).as(path).isNotEqualTo("0\n");
    }
  }

  @Test
  void connectionsAreKeptWhereThatIsAskedFor() throws Exception {
    int before = server.connections();
    for (int i = 0; i < 6; i++) {
      assertThat(site.status("plain.test", "/", "")).isEqualTo("200");
    }
    assertThat(server.connections() - before).isEqualTo(6);

    before = server.connections();
    String many = "-o /dev/null ".repeat(20);
    StringBuilder urls = new StringBuilder();
    for (int i = 0; i < 20; i++) {
      urls.append(" http://127.0.0.1:").append(site.httpPort()).append("/").append(i);
    }
    String codes =
        Shell.run(
            "curl -s --http1.1 -m 20 -w '%{http_code} ' " + many + " -H 'Host: kept.test'" + urls);
    assertThat(codes.trim().split(" ")).hasSize(20).containsOnly("200");
    assertThat(server.connections() - before).as("one may wait already").isLessThan(2);
    assertThat(server.last().keeps()).isTrue();
  }

  @Test
  void whatNobodyWantsToSeeIsReadForAWhileOnly() throws Exception {
    String one = "-s -m 20 --http1.1 -o /dev/null -w '%{http_code} ' -H 'Host: kept.test' ";
    String url = "http://127.0.0.1:" + site.httpPort();
    for (String path : List.of("/little", "/much")) {
      int before = server.connections();
      // One client, so one loop, where a connection may wait already.
      String next = " --next -I " + one + url + path + " --next " + one + url + "/next";
      String codes = Shell.run("curl " + one + url + "/first" + next.repeat(3));
      assertThat(codes).isEqualTo("200 ".repeat(7));
      int made = server.connections() - before;
      if (path.equals("/much")) {
        assertThat(made).as("each is given up").isGreaterThanOrEqualTo(3);
      } else {
        assertThat(made).as("all are used again").isLessThanOrEqualTo(1);
      }
    }
  }

  @Test
  void whatComesBehindAnAnswerIsNobodysAnswer() throws Exception {
    for (int i = 0; i < 5; i++) {
      assertThat(answer(ONE, "kept.test", "/behind", "")).endsWith("good");
      assertThat(answer(ONE, "kept.test", "/after", "")).contains("DOCUMENT_URI=/after");
    }
  }

  @Test
  void webSocketsAreNotAskedFor() throws Exception {
    String more =
        "-H 'Connection: Upgrade' -H 'Upgrade: websocket' -H 'Sec-WebSocket-Version: 13'"
            + " -H 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=='";
    assertThat(answer(ONE, "plain.test", "/", more))
        .contains(" 200")
        .doesNotContain("HTTP_UPGRADE");
  }
}
