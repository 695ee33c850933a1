package dev.lintel.proxy.route;

import dev.lintel.proxy.filter.RequestFilter;
import dev.lintel.proxy.filter.ResponseFilter;
import dev.lintel.proxy.observe.RouteLabels;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/// What a match costs among 1,000 hosts of 5 paths each.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
public class RoutingBenchmark {
  private static final int HOSTS = 1000;

  private final RoutingTable table = table();
  private final byte[] deep = bytes("/api/v1/items/2381/pictures");
  private final byte[] shallow = bytes("/index.html");
  private final byte[] rewritten = bytes("/svc3/v1/items/2381");
  private final byte[] hostile = bytes("/svc0/" + "a".repeat(8000) + "b");
  private final PathRegex nested = regex("/svc0/(a+)+$");
  private final PathRegex lookahead = regex("/svc0/(?!x)(a+)+$");
  private final int[] ranges = new int[6];
  private final PathRegex capture = regex("/svc3(/|$)(.*)");
  private final byte[][] hosts = new byte[HOSTS][];
  private final byte[] regexHost = bytes("regex.example.com");
  private int next;

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  private static PathRegex regex(String pattern) {
    return switch (PathRegex.compile(pattern)) {
      case PathRegex.Compiled(PathRegex regex) -> regex;
      case PathRegex.Refused(String reason) -> throw new IllegalStateException(reason);
    };
  }

  private RoutingTable table() {
    RouteLabels labels = new RouteLabels("", "", "", "", "", "");
    Route route =
        new Route(
            labels, new RequestFilter[0], new ResponseFilter[0], null, RouteSettings.DEFAULT, null);
    RoutingTable.Builder builder = RoutingTable.builder(route);
    for (int i = 0; i < HOSTS; i++) {
      String host = "shop-" + i + ".example.com";
      for (String path : new String[] {"/", "/api", "/api/v1/items", "/static", "/login"}) {
        builder.prefix(host, path, route);
      }
    }
    for (int i = 0; i < 5; i++) {
      builder.regex("regex.example.com", regex("/svc" + i + "(/|$)(.*)"), route);
    }
    return builder.build();
  }

  private byte[] host() {
    next = (next + 7) % HOSTS;
    byte[] host = hosts[next];
    if (host == null) {
      host = bytes("shop-" + next + ".example.com");
      hosts[next] = host;
    }
    return host;
  }

  /// A path of five segments, another host each time.
  @Benchmark
  public Route deepPath() {
    byte[] host = host();
    return table.match(host, 0, host.length, deep, 0, deep.length);
  }

  /// A path of one segment.
  @Benchmark
  public Route shallowPath() {
    byte[] host = host();
    return table.match(host, 0, host.length, shallow, 0, shallow.length);
  }

  /// The fourth of five regular expressions.
  @Benchmark
  public Route regexPath() {
    return table.match(regexHost, 0, regexHost.length, rewritten, 0, rewritten.length);
  }

  /// The captures of a rewrite.
  @Benchmark
  public boolean regexCaptures() {
    return capture.find(rewritten, 0, rewritten.length, ranges);
  }

  /// Nested quantifiers against 8 kB that do not match, without backtracking.
  @Benchmark
  public boolean hostilePathLinear() {
    return nested.matches(hostile, 0, hostile.length);
  }

  /// The same with backtracking, until the steps are used up.
  @Benchmark
  public boolean hostilePathBudget() {
    try {
      return lookahead.matches(hostile, 0, hostile.length);
    } catch (RegexTooCostly _) {
      return false;
    }
  }
}
