package dev.lintel.proxy.route;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lintel.proxy.filter.RequestFilter;
import dev.lintel.proxy.filter.ResponseFilter;
import dev.lintel.proxy.observe.RouteLabels;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RoutingTableTest {
  private static Route route(String name) {
    RouteLabels labels = new RouteLabels("", name, "", "", "", "");
    return new Route(
        labels, new RequestFilter[0], new ResponseFilter[0], null, RouteSettings.DEFAULT, null);
  }

  private static String match(RoutingTable table, String host, String path) {
    byte[] h = ("<" + host + ">").getBytes(StandardCharsets.UTF_8);
    byte[] p = ("<" + path + ">").getBytes(StandardCharsets.UTF_8);
    return table.match(h, 1, h.length - 2, p, 1, p.length - 2).labels().path();
  }

  private static RoutingTable.Builder table() {
    return RoutingTable.builder(route("404"));
  }

  private static PathRegex regex(String pattern) {
    return switch (PathRegex.compile(pattern)) {
      case PathRegex.Compiled(PathRegex regex) -> regex;
      case PathRegex.Refused(String reason) -> throw new AssertionError(reason);
    };
  }

  @ParameterizedTest
  @CsvSource({
    "bar.foo.com, *.foo.com",
    "baz.bar.foo.com, default",
    "foo.com, default",
    "exact.foo.com, exact",
    ".foo.com, default",
    "foo.bar.com, foo.bar.com",
    "subdomain.bar.com, default",
    "'', default",
    "[::1], default"
  })
  void exactHostsBeatWildcardsOfOneLabel(String host, String expected) {
    RoutingTable table =
        table()
            .prefix("*.foo.com", "/", route("*.foo.com"))
            .prefix("Exact.foo.com", "/", route("exact"))
            .prefix("foo.bar.com", "/", route("foo.bar.com"))
            .prefix("", "/", route("default"))
            .build();
    assertThat(match(table, host, "/x")).isEqualTo(expected);
    byte[] h = host.getBytes(StandardCharsets.UTF_8);
    assertThat(table.knows(h, 0, h.length)).isEqualTo(!expected.equals("default"));
  }

  @ParameterizedTest
  @CsvSource({
    "/foo, exact",
    "/foo/, /foo",
    "/foo/x, /foo",
    "/foobar, /",
    "/aaa/bbb, /aaa/bbb",
    "/aaa/bbb/ccc, /aaa/bbb",
    "/aaa/bbbxyz, /aaa",
    "/aaa/, /aaa",
    "/slash, /",
    "/slash/, /slash/",
    "/slash/x/y, /slash/",
    "/, /",
    "/exact/, exact/",
    "/exact, /",
    "/exact/x, /",
    "/much/longer/than/any/rule/there/is/in/this/table, /"
  })
  void exactPathsBeatTheLongestPrefixOfWholeSegments(String path, String expected) {
    RoutingTable table =
        table()
            .prefix("a.test", "/aaa/bbb", route("/aaa/bbb"))
            .prefix("a.test", "/aaa", route("/aaa"))
            .prefix("a.test", "/foo", route("/foo"))
            .prefix("a.test", "/foo", route("younger"))
            .exact("a.test", "/foo", route("exact"))
            .exact("a.test", "/foo", route("younger"))
            .prefix("a.test", "/slash/", route("/slash/"))
            .exact("a.test", "/exact/", route("exact/"))
            .prefix("a.test", "/", route("/"))
            .build();
    assertThat(match(table, "a.test", path)).isEqualTo(expected);
  }

  @Test
  void whatNothingFitsIsNotFound() {
    RoutingTable table =
        table().prefix("a.test", "/foo", route("/foo")).prefix("", "/x", route("x")).build();
    assertThat(match(table, "a.test", "/x")).isEqualTo("404");
    assertThat(match(table, "b.test", "/x")).isEqualTo("x");
    assertThat(match(table, "b.test", "/foo")).isEqualTo("404");
    assertThat(match(table().build(), "b.test", "/foo")).isEqualTo("404");
  }

  @Test
  void regexesAreTriedInOrder() {
    RoutingTable table =
        table()
            .regex("a.test", regex("/foo/(.*)"), route("1"))
            .regex("a.test", regex("/foo"), route("2"))
            .regex("a.test", regex("/"), route("3"))
            .build();
    assertThat(match(table, "a.test", "/FOO/x")).isEqualTo("1");
    assertThat(match(table, "a.test", "/foobar")).isEqualTo("2");
    assertThat(match(table, "a.test", "/x/foo")).isEqualTo("3");
  }

  @Test
  void agreesWithASearchThroughAllRules() {
    Random random = new Random(4);
    for (int round = 0; round < 300; round++) {
      RoutingTable.Builder builder = table();
      List<String> prefixes = new ArrayList<>();
      List<String> exacts = new ArrayList<>();
      for (int i = random.nextInt(12); i >= 0; i--) {
        String path = path(random);
        if (random.nextBoolean()) {
          exacts.add(path);
          builder.exact("a.test", path, route("=" + path));
        } else {
          prefixes.add(path);
          builder.prefix("a.test", path, route(path));
        }
      }
      RoutingTable table = builder.build();
      for (int i = 0; i < 100; i++) {
        String path = path(random);
        assertThat(match(table, "a.test", path))
            .as("%s in %s and %s", path, prefixes, exacts)
            .isEqualTo(naive(path, prefixes, exacts));
      }
    }
  }

  private static String path(Random random) {
    StringBuilder path = new StringBuilder("/");
    for (int i = random.nextInt(4); i > 0; i--) {
      path.append("a".repeat(1 + random.nextInt(2))).append(random.nextInt(4) == 0 ? "" : "/");
    }
    return path.toString();
  }

  private static String naive(String path, List<String> prefixes, List<String> exacts) {
    if (exacts.contains(path)) {
      return "=" + path;
    }
    String best = null;
    for (String prefix : prefixes) {
      boolean fits =
          path.equals(prefix) || path.startsWith(prefix.endsWith("/") ? prefix : prefix + "/");
      boolean longer =
          best == null
              || prefix.length() > best.length()
                  && !(prefix.equals(best + "/")
                      && prefixes.indexOf(best) < prefixes.indexOf(prefix))
              || best.equals(prefix + "/") && prefixes.indexOf(prefix) < prefixes.indexOf(best);
      if (fits && longer) {
        best = prefix;
      }
    }
    return best == null ? "404" : best;
  }
}
