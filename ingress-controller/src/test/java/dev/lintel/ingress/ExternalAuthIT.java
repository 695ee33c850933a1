package dev.lintel.ingress;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lintel.tls.SelfMadeCertificate;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Another service decides who is let in. The clients speak HTTP/1.1 and HTTP/2.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@ExtendWith(LeakCheck.class)
class ExternalAuthIT {
  private static final String ONE = "--http1.1";
  private static final String TWO = "--http2-prior-knowledge";
  private static final String AUTH = "auth-url: http://auth.default.svc.cluster.local";
  private static final String USERS =
      """
      ---
      apiVersion: v1
      kind: Secret
      metadata: {namespace: default, name: users}
      stringData: {auth: "demo:{PLAIN}lintel"}
      ---
      apiVersion: v1
      kind: ConfigMap
      metadata: {namespace: default, name: fields}
      data: {X-Tenant: "of $host", X-Original-Method: ""}
      """;

  @TempDir private Path scratch;
  private AuthService auth;
  private AuthService secure;
  private IngressSite site;

  @BeforeAll
  void start(@TempDir Path folder) throws Exception {
    auth = AuthService.start();
    secure = AuthService.start(SelfMadeCertificate.issue(Instant.now(), "auth.test"));
    List<String> manifests = new ArrayList<>();
    manifests.add(USERS);
    manifests.add(IngressSite.service("auth", auth.port(), "127.0.0.1"));
    manifests.add(IngressSite.service("secure", secure.port(), "127.0.0.1"));
    manifests.add(IngressSite.service("gone", FreePort.tcp(), "127.0.0.1"));
    add(manifests, "allow", AUTH + "/allow?u=$request_uri");
    add(
        manifests,
        "fields",
        AUTH + "/allow",
        "auth-response-headers: X-Auth-User, X-Auth-Groups, X-Auth-Empty, X-Auth-None");
    for (int status : new int[] {204, 206, 302, 304, 400, 401, 403, 404, 500, 503}) {
      add(manifests, "s" + status, AUTH + "/status/" + status);
    }
    for (String path : List.of("hang", "drop", "long", "pause", "token")) {
      add(manifests, path, AUTH + "/" + path, "proxy-read-timeout: 1");
    }
    add(manifests, "gone", "auth-url: http://gone.default.svc/allow");
    add(manifests, "nobody", "auth-url: http://nobody.invalid/allow");
    add(manifests, "here", "auth-url: http://127.0.0.1:" + auth.port() + "/allow");
    add(manifests, "noport", "auth-url: http://auth.default.svc:81/allow");
    add(manifests, "tls", "auth-url: https://secure.default.svc:80/allow");
    add(manifests, "badtls", "auth-url: https://auth.default.svc:80/allow");
    add(manifests, "head", AUTH + "/allow", "auth-method: HEAD");
    add(manifests, "headed", AUTH + "/allow", "auth-proxy-set-headers: fields");
    add(
        manifests,
        "signin",
        AUTH + "/status/401",
        "auth-signin: https://$host/oauth2/start",
        "auth-request-redirect: /welcome");
    add(
        manifests,
        "signin-own",
        AUTH + "/status/401",
        "auth-signin: https://login.test/?rd=$escaped_request_uri&a=b");
    add(
        manifests,
        "signin-param",
        AUTH + "/status/401",
        "auth-signin: https://login.test/?a=b",
        "auth-signin-redirect-param: back");
    add(manifests, "always", AUTH + "/status/403", "auth-always-set-cookie: true");
    cached(manifests);
    guarded(manifests);
    site = IngressSite.start(folder, manifests.toArray(String[]::new));
  }

  private static void cached(List<String> manifests) {
    String key = "auth-cache-key: $http_authorization";
    String names = "auth-response-headers: X-Auth-User";
    add(manifests, "cache", AUTH + "/token?cache", key, names);
    add(manifests, "cache-other", AUTH + "/token?cache-other", key, names);
    add(manifests, "cache-brief", AUTH + "/token?brief", key, "auth-cache-duration: 200 1s");
    add(manifests, "cache-cookie", AUTH + "/cookie", key);
    add(manifests, "cache-private", AUTH + "/private", key);
    add(manifests, "cache-bad", AUTH + "/token", key, "auth-cache-duration: 200 soon");
  }

  private static void guarded(List<String> manifests) {
    String[] basic = {"auth-type: basic", "auth-secret: users"};
    for (String satisfy : List.of("all", "any")) {
      add(
          manifests,
          satisfy + "-signin",
          AUTH + "/status/401",
          "auth-signin: https://login.test/",
          basic[0],
          basic[1],
          "satisfy: " + satisfy);
      for (String answer : List.of("allow", "status/403", "status/500", "status/401")) {
        add(
            manifests,
            satisfy + "-" + answer.replace("status/", ""),
            AUTH + "/" + answer,
            basic[0],
            basic[1],
            "satisfy: " + satisfy,
            "auth-response-headers: X-Auth-User");
      }
    }
  }

  private static final String GLOBAL =
      """
      ---
      apiVersion: v1
      kind: ConfigMap
      metadata: {namespace: ingress-nginx, name: ingress-nginx-controller}
      data:
        enable-underscores-in-headers: "true"
        global-auth-url: http://auth.default.svc/token?global
        global-auth-response-headers: X-Auth-User
        no-auth-locations: /.well-known/acme-challenge
      """;

  @Test
  void theConfigMapAsksForAllThatHaveNoServiceOfTheirOwn(@TempDir Path other) throws Exception {
    List<String> manifests = new ArrayList<>();
    manifests.add(GLOBAL);
    manifests.add(IngressSite.service("auth", auth.port(), "127.0.0.1"));
    add(manifests, "covered");
    add(manifests, "own", AUTH + "/allow", "auth-response-headers: X-Auth-User");
    add(manifests, "exempt", "enable-global-auth: false");
    manifests.add(
        IngressSite.ingress("acme.test").replace("path: /,", "path: /.well-known/acme-challenge,"));
    try (IngressSite global = IngressSite.start(other, manifests.toArray(String[]::new))) {
      assertThat(global.status("covered.test", "/", BAD)).isEqualTo("401");
      assertThat(global.answer("covered.test", "/", GOOD)).contains(" 200").contains("X-auth-user");
      assertThat(auth.seen("/token?global")).hasSize(2);
      assertThat(global.status("exempt.test", "/", "")).isEqualTo("200");
      assertThat(global.status("acme.test", "/.well-known/acme-challenge/a", "")).isEqualTo("200");
      assertThat(global.status("acme.test", "/", "")).as("nobody's path").isEqualTo("401");
      String forged = "-H 'X_Auth-User: root' -H 'X_Auth_User: root' -H 'X-Auth_User: root'";
      assertThat(global.answer("own.test", "/", forged))
          .contains(" 200")
          .containsIgnoringCase("x-auth-user: joe\n")
          .doesNotContain("root");
    }
  }

  private static void add(List<String> manifests, String host, String... annotations) {
    manifests.add(IngressSite.ingress(host + ".test", annotations));
  }

  @AfterAll
  void stop() {
    site.close();
    auth.close();
    secure.close();
  }

  private String answer(String protocol, String host, String path, String more) throws Exception {
    return Shell.answer(arguments(protocol, host, path, more));
  }

  private String status(String protocol, String host, String path, String more) throws Exception {
    return Shell.status(arguments(protocol, host, path, more));
  }

  private String arguments(String protocol, String host, String path, String more) {
    return protocol
        + " -H 'Host: "
        + host
        + ".test' "
        + more
        + " 'http://127.0.0.1:"
        + site.httpPort()
        + path
        + "'";
  }

  @ParameterizedTest
  @ValueSource(strings = {ONE, TWO})
  void whomTheServiceLetsInReachesTheUpstream(String protocol) throws Exception {
    String forged =
        "-H 'X-Original-URL: http://evil/' -H 'X-Forwarded-Proto: https' -H 'X-Real-IP: 6.6.6.6'"
            + " -H 'X-Forwarded-For: 6.6.6.6' -H 'X-Sent-From: me' -H 'Cookie: a=b' -X PUT -d body";

    String answer = answer(protocol, "allow", "/x/../a%20b?c=d", "--path-as-is " + forged);

    assertThat(answer).contains(" 200").contains("answered by web").contains("body");
    assertThat(answer).containsIgnoringCase("set-cookie: first=1; Path=/");
    assertThat(answer).containsIgnoringCase("set-cookie: second=2");
    AuthService.Seen seen = auth.last();
    assertThat(seen.method()).isEqualTo("GET");
    assertThat(seen.uri()).isEqualTo("/allow?u=/a%20b?c=d");
    assertThat(seen.body()).isZero();
    assertThat(seen.field("Host")).isEqualTo("auth.default.svc.cluster.local");
    assertThat(seen.field("X-original-url")).isEqualTo("http://allow.test/a%20b?c=d");
    assertThat(seen.field("X-original-method")).isEqualTo("PUT");
    assertThat(seen.field("X-auth-request-redirect")).isEqualTo("/a%20b?c=d");
    assertThat(seen.field("X-sent-from")).isEqualTo("nginx-ingress-controller");
    assertThat(seen.field("X-real-ip")).isEqualTo("127.0.0.1");
    assertThat(seen.field("X-forwarded-for")).isEqualTo("127.0.0.1");
    assertThat(seen.field("X-request-id")).isNotEmpty();
    assertThat(seen.field("Cookie")).isEqualTo("a=b");
    assertThat(seen.field("X-forwarded-proto")).isEmpty();
    assertThat(seen.field("Content-length")).isEmpty();
    assertThat(seen.field("X-original-uri")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {ONE, TWO})
  void everySuccessLetsIn(String protocol) throws Exception {
    assertThat(status(protocol, "s204", "/", "")).isEqualTo("200");
    assertThat(status(protocol, "s206", "/", "")).isEqualTo("200");
    assertThat(status(protocol, "long", "/", "")).isEqualTo("200");
  }

  @ParameterizedTest
  @ValueSource(strings = {ONE, TWO})
  void refusalsAreLintelsOwn(String protocol) throws Exception {
    String unauthorized = answer(protocol, "s401", "/", "");
    assertThat(unauthorized).contains(" 401").contains("401 Authorization Required");
    assertThat(unauthorized)
        .containsIgnoringCase("www-authenticate: Bearer realm=\"there\"")
        .containsIgnoringCase("www-authenticate: Negotiate")
        .doesNotContain("its own words")
        .doesNotContainIgnoringCase("set-cookie");
    String forbidden = answer(protocol, "s403", "/", "-d body");
    assertThat(forbidden).contains(" 403").contains("403 Forbidden");
    assertThat(forbidden)
        .doesNotContainIgnoringCase("www-authenticate")
        .doesNotContainIgnoringCase("set-cookie");
    assertThat(answer(protocol, "always", "/", ""))
        .contains(" 403")
        .containsIgnoringCase("set-cookie: denied=1");
  }

  @ParameterizedTest
  @ValueSource(strings = {ONE, TWO})
  void whatDoesNotDecideIsAFaultAndNeverAWayThrough(String protocol) throws Exception {
    for (String host :
        List.of(
            "s302", "s304", "s400", "s404", "s500", "s503", "drop", "hang", "gone", "nobody",
            "badtls")) {
      assertThat(answer(protocol, host, "/", ""))
          .as(host)
          .contains(" 500")
          .doesNotContain("answered by");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {ONE, TWO})
  void theAnswersFieldsTakeThePlaceOfTheClients(String protocol) throws Exception {
    String forged =
        "-H 'X-Auth-User: root' -H 'X-Auth-Groups: admin' -H 'X-Auth-Empty: x' -H 'X-Auth-None: x'";
    String answer = answer(protocol, "fields", "/", forged);
    assertThat(answer)
        .containsIgnoringCase("x-auth-user: joe\n")
        .containsIgnoringCase("x-auth-groups: a, b\n")
        .doesNotContainIgnoringCase("x-auth-empty")
        .doesNotContainIgnoringCase("x-auth-none")
        .doesNotContain("root")
        .doesNotContain("admin");
  }

  @ParameterizedTest
  @ValueSource(strings = {ONE, TWO})
  void whoIsNotSignedInIsSentThereAndKnowsTheWayBack(String protocol) throws Exception {
    String answer = answer(protocol, "signin", "/a%20b?c=d&e", "");
    assertThat(answer)
        .contains(" 302")
        .containsIgnoringCase(
            "location: https://signin.test/oauth2/start?rd=http://signin.test%2Fa%2520b%3Fc%3Dd%26e\r")
        .containsIgnoringCase("set-cookie: denied=1");
    assertThat(auth.last().field("X-auth-request-redirect")).isEqualTo("/welcome");
    assertThat(answer(protocol, "signin-own", "/x", ""))
        .containsIgnoringCase("location: https://login.test/?rd=%2Fx&a=b\r");
    assertThat(answer(protocol, "signin-param", "/x", ""))
        .containsIgnoringCase(
            "location: https://login.test/?a=b&back=http://signin-param.test%2Fx\r");
  }

  @ParameterizedTest
  @ValueSource(strings = {ONE, TWO})
  void bodiesArriveWholeAfterTheWait(String protocol) throws Exception {
    String text = "0123456789abcdef".repeat(50_000);
    Path file = Files.writeString(scratch.resolve("body"), text);
    for (String framing : List.of("", "-H 'Transfer-Encoding: chunked'", "-H 'Expect:'")) {
      if (protocol.equals(TWO) && framing.contains("Transfer")) {
        continue;
      }
      String answer = answer(protocol, "pause", "/", framing + " --data-binary @" + file);
      assertThat(answer.length()).as(framing).isGreaterThan(text.length());
      assertThat(answer.contains(text)).as(framing).isTrue();
    }
    assertThat(answer(protocol, "pause", "/", "-d short")).contains("short");
    assertThat(auth.last().body()).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {ONE, TWO})
  void aClientThatLeavesMeanwhileIsForgotten(String protocol) throws Exception {
    int before = auth.seen("/pause").size();
    for (int i = 0; i < 3; i++) {
      Shell.run(
          "curl -s -m 0.2 " + arguments(protocol, "pause", "/left", "--data-binary @/etc/passwd"));
    }
    for (int i = 0; i < 100 && auth.seen("/pause").size() < before + 3; i++) {
      Thread.sleep(20);
    }
    Thread.sleep(AuthService.PAUSE_MILLIS + 100);
    assertThat(status(protocol, "pause", "/", "")).isEqualTo("200");
    assertThat(auth.seen("/pause")).hasSize(before + 4);
  }

  @Test
  void requestsBehindOneThatWaitsAreAnsweredInTurn() throws Exception {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), site.httpPort())) {
      socket.setSoTimeout(10_000);
      String paused = "POST /1 HTTP/1.1\r\nHost: pause.test\r\nContent-Length: 3\r\n\r\none";
      String refused = "GET /2 HTTP/1.1\r\nHost: s403.test\r\nConnection: close\r\n\r\n";
      socket.getOutputStream().write((paused + refused).getBytes(StandardCharsets.US_ASCII));
      String answers =
          new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
      assertThat(answers).startsWith("HTTP/1.1 200 ").contains("one\n").contains("HTTP/1.1 403 ");
    }
  }

  @Test
  void whatIsAskedCanBeChanged() throws Exception {
    assertThat(status(ONE, "head", "/a", "")).isEqualTo("200");
    assertThat(auth.last().method()).isEqualTo("HEAD");
    assertThat(auth.last().field("X-original-uri")).isEqualTo("/a");
    assertThat(auth.last().field("X-scheme")).isEqualTo("http");
    assertThat(status(ONE, "headed", "/", "")).isEqualTo("200");
    assertThat(auth.last().field("X-tenant")).isEqualTo("of headed.test");
    assertThat(auth.last().field("X-original-method")).isEmpty();
  }

  @Test
  void theServiceMaySpeakTls() throws Exception {
    assertThat(status(ONE, "tls", "/", "")).isEqualTo("200");
    assertThat(status(TWO, "tls", "/", "")).isEqualTo("200");
    assertThat(secure.seen()).hasSize(2);
  }

  @Test
  void whereItCannotBeAskedTheRouteIsClosed() throws Exception {
    for (String host : List.of("here", "noport", "cache-bad")) {
      assertThat(status(ONE, host, "/", "")).as(host).isEqualTo("503");
    }
  }

  private static final String GOOD = "-H 'Authorization: Bearer good'";
  private static final String BAD = "-H 'Authorization: Bearer bad'";

  @Test
  void answersAreKeptByTheirKeyAndForOneRoute() throws Exception {
    String first = answer(ONE, "cache", "/", GOOD);
    String user = first.lines().filter(line -> line.startsWith("X-auth-user: ")).findAny().get();
    for (String protocol : List.of(ONE, TWO, ONE)) {
      assertThat(answer(protocol, "cache", "/a", GOOD)).contains(" 200").contains(user + "\n");
      assertThat(answer(protocol, "cache", "/b", BAD)).contains(" 401");
    }
    assertThat(auth.seen("/token?cache")).hasSize(2);
    assertThat(status(ONE, "cache-other", "/", BAD)).isEqualTo("401");
    assertThat(status(ONE, "cache-other", "/", GOOD)).isEqualTo("200");
    assertThat(auth.seen("/token?cache-other")).as("another route").hasSize(2);
    for (int i = 0; i < 2; i++) {
      assertThat(status(ONE, "cache", "/", "")).isEqualTo("401");
    }
    assertThat(auth.seen("/token?cache")).as("without a key nothing is kept").hasSize(4);
  }

  @Test
  void answersAreKeptForTheirTimeAlone() throws Exception {
    assertThat(status(ONE, "cache-brief", "/", GOOD)).isEqualTo("200");
    assertThat(status(ONE, "cache-brief", "/", GOOD)).isEqualTo("200");
    int kept = auth.seen("/token?brief").size();
    Thread.sleep(1_200);
    assertThat(status(ONE, "cache-brief", "/", GOOD)).isEqualTo("200");
    assertThat(auth.seen("/token?brief").size()).isEqualTo(kept + 1);
    assertThat(status(ONE, "cache-brief", "/", BAD)).isEqualTo("401");
    assertThat(status(ONE, "cache-brief", "/", BAD)).isEqualTo("401");
    assertThat(auth.seen("/token?brief").size()).as("no time for 401").isEqualTo(kept + 3);
  }

  @Test
  void whatIsForOneClientIsNotKept() throws Exception {
    for (int i = 0; i < 2; i++) {
      assertThat(status(ONE, "cache-cookie", "/", GOOD)).isEqualTo("200");
      assertThat(status(ONE, "cache-private", "/", GOOD)).isEqualTo("200");
    }
    assertThat(auth.seen("/cookie")).hasSize(2);
    assertThat(auth.seen("/private")).hasSize(2);
  }

  private static final String PASSWORD = "-u demo:lintel";

  @ParameterizedTest
  @ValueSource(strings = {ONE, TWO})
  void allGuardsMustAccept(String protocol) throws Exception {
    assertThat(status(protocol, "all-allow", "/", PASSWORD)).isEqualTo("200");
    assertThat(status(protocol, "all-allow", "/", "")).isEqualTo("401");
    assertThat(status(protocol, "all-403", "/", PASSWORD)).isEqualTo("403");
    assertThat(status(protocol, "all-500", "/", PASSWORD)).isEqualTo("500");
  }

  @ParameterizedTest
  @ValueSource(strings = {ONE, TWO})
  void anyGuardSuffices(String protocol) throws Exception {
    String forged = " -H 'X-Auth-User: root'";
    assertThat(answer(protocol, "any-allow", "/", forged))
        .contains(" 200")
        .containsIgnoringCase("x-auth-user: joe\n");
    int asked = auth.seen().size();
    assertThat(answer(protocol, "any-403", "/", PASSWORD + forged))
        .contains(" 200")
        .doesNotContainIgnoringCase("x-auth-user");
    assertThat(auth.seen().size()).as("nobody needs to be asked").isEqualTo(asked);
    assertThat(status(protocol, "any-403", "/", "")).isEqualTo("401");
    assertThat(status(protocol, "any-401", "/", "-u demo:wrong")).isEqualTo("401");
    assertThat(status(protocol, "any-500", "/", "-u demo:wrong")).isEqualTo("500");
    assertThat(status(protocol, "any-signin", "/", "")).as("the page is offered").isEqualTo("302");
    assertThat(status(protocol, "all-signin", "/", "")).isEqualTo("401");
  }
}
