package dev.lintel.ingress.compile;

import dev.lintel.ingress.snapshot.IngressView;
import dev.lintel.ingress.snapshot.IngressView.BackendView;
import dev.lintel.ingress.snapshot.IngressView.PathType;
import dev.lintel.ingress.snapshot.IngressView.PathView;
import dev.lintel.ingress.snapshot.IngressView.RuleView;
import dev.lintel.ingress.snapshot.IngressView.TlsView;
import dev.lintel.ingress.snapshot.ObjectKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/// Ingresses that compete as much as they can: few hosts, few paths, few moments of creation.
final class RandomIngresses {
  private static final List<String> HOSTS =
      List.of(
          "",
          "shop.example.com",
          "*.example.com",
          "a.example.com",
          "www.shop.example.com",
          "Shop.Example.com.",
          "b_c");
  private static final List<String> PATHS =
      List.of("", "/", "/a", "/a/", "/a/b", "/A", "/a(.*)", "/b(", "x");
  private static final List<String> SECRETS =
      List.of("", "shop-tls", "wildcard-tls", "expired-tls", "nosan-tls", "gone");
  private static final String PREFIX = "nginx.ingress.kubernetes.io/";
  private static final Map<String, List<String>> ANNOTATIONS =
      Map.ofEntries(
          Map.entry(PREFIX + "use-regex", List.of("true", "false", "maybe")),
          Map.entry(PREFIX + "rewrite-target", List.of("/", "/x")),
          Map.entry(PREFIX + "app-root", List.of("/one", "/two")),
          Map.entry(PREFIX + "limit-rps", List.of("5", "many")),
          Map.entry(PREFIX + "limit-rpm", List.of("5", "many")),
          Map.entry(PREFIX + "from-to-www-redirect", List.of("true", "true", "no")),
          Map.entry(
              PREFIX + "server-alias",
              List.of(
                  "alias.example.com",
                  "www.example.com, alias.example.com",
                  "shop.example.com",
                  "*.alias.example.com, ~^x$")),
          Map.entry(PREFIX + "default-backend", List.of("api", "gone")),
          Map.entry(PREFIX + "custom-http-errors", List.of("404,503", "x")),
          Map.entry(PREFIX + "service-upstream", List.of("true", "no")),
          Map.entry(PREFIX + "permanent-redirect", List.of("/x", "x")),
          Map.entry(
              PREFIX + "auth-url",
              List.of("http://auth", "http://web.default.svc/x", "http://api.default.svc:81")),
          Map.entry(PREFIX + "auth-type", List.of("basic", "digest")),
          Map.entry(PREFIX + "auth-secret", List.of("users", "other/users")),
          Map.entry(PREFIX + "whitelist-source-range", List.of("10.0.0.0/8", "office")),
          Map.entry(PREFIX + "denylist-source-range", List.of("10.0.0.0/8", "10.0.0.0/33")),
          Map.entry(PREFIX + "satisfy", List.of("any", "all")),
          Map.entry(PREFIX + "canary", List.of("true", "false")),
          Map.entry(PREFIX + "ssl-passthrough", List.of("true", "true", "no")),
          Map.entry(
              PREFIX + "backend-protocol", List.of("HTTPS", "GRPC", "HTTPS", "GRPCS", "AUTO_HTTP")),
          Map.entry(PREFIX + "proxy-ssl-secret", List.of("shop-tls", "gone", "other/users")),
          Map.entry(PREFIX + "proxy-ssl-verify", List.of("on", "off", "yes")),
          Map.entry(PREFIX + "proxy-http-version", List.of("1.0", "1.1", "2")),
          Map.entry("lintel.dev/max-concurrent-requests", List.of("1", "2")),
          Map.entry("lintel.dev/circuit-breaker-failure-percent", List.of("50", "500")));

  private final Random random;

  RandomIngresses(Random random) {
    this.random = random;
  }

  List<IngressView> make() {
    List<IngressView> made = new ArrayList<>();
    int count = 2 + random.nextInt(8);
    for (int i = 0; i < count; i++) {
      made.add(ingress(i));
    }
    return made;
  }

  /// One of a number of Ingresses: of equal numbers, one in each namespace.
  IngressView ingress(int index) {
    return new IngressView(
        new ObjectKey(random.nextBoolean() ? "default" : "other", "ingress" + index),
        "uid" + index,
        Instant.ofEpochSecond(random.nextInt(3)),
        annotations(),
        "nginx",
        random.nextInt(4) == 0 ? backend() : null,
        rules(),
        tls());
  }

  /// In an order of its own, as a map that came over the wire may have.
  private Map<String, String> annotations() {
    List<String> names = new ArrayList<>(ANNOTATIONS.keySet());
    Collections.shuffle(names, random);
    Map<String, String> annotations = new LinkedHashMap<>();
    for (String name : names.subList(0, random.nextInt(4))) {
      annotations.put(name, pick(ANNOTATIONS.getOrDefault(name, List.of(""))));
    }
    return annotations;
  }

  private List<RuleView> rules() {
    List<RuleView> rules = new ArrayList<>();
    for (int i = random.nextInt(3); i >= 0; i--) {
      List<PathView> paths = new ArrayList<>();
      for (int j = random.nextInt(4); j > 0; j--) {
        paths.add(new PathView(pick(PATHS), pick(List.of(PathType.values())), backend()));
      }
      rules.add(new RuleView(pick(HOSTS), paths));
    }
    return rules;
  }

  private List<TlsView> tls() {
    return random.nextBoolean()
        ? List.of()
        : List.of(new TlsView(List.of(pick(HOSTS)), pick(SECRETS)));
  }

  private BackendView backend() {
    return new BackendView(pick(List.of("web", "api", "gone")), 80, null, null);
  }

  private <T> T pick(List<T> list) {
    return list.get(random.nextInt(list.size()));
  }
}
