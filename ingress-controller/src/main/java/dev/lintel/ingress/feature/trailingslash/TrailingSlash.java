package dev.lintel.ingress.feature.trailingslash;

import dev.lintel.ingress.feature.AnnotationReader;
import dev.lintel.ingress.feature.Feature;
import dev.lintel.ingress.feature.Location;
import dev.lintel.ingress.feature.RouteAssembly;
import dev.lintel.ingress.feature.Setting;
import dev.lintel.proxy.filter.Rank;
import dev.lintel.proxy.filter.Verdict;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/// The answer 301 of a route that the compiler adds beside each path that ends in a slash, where
/// nothing else serves the path without it. Nobody writes it, so it has no settings to read.
public final class TrailingSlash implements Feature<TrailingSlashSettings> {
  /// Names it in a plan.
  public static final String ID = "trailing-slash";

  @Override
  public String id() {
    return ID;
  }

  @Override
  public List<Setting<?>> settings() {
    return List.of();
  }

  @Override
  public Optional<TrailingSlashSettings> read(AnnotationReader in) {
    return Optional.empty();
  }

  @Override
  public void install(TrailingSlashSettings settings, RouteAssembly route) {
    byte[] path = settings.path().getBytes(StandardCharsets.UTF_8);
    if (settings.relative()) {
      route.request(
          Rank.TRAILING_SLASH,
          exchange -> {
            Location.relative(exchange).add(path).query().send(301);
            return Verdict.RESPONDED;
          });
      return;
    }
    int httpPort = settings.withPort() ? route.httpPort() : 0;
    int httpsPort = settings.withPort() ? route.httpsPort() : 0;
    route.request(
        Rank.TRAILING_SLASH,
        exchange -> {
          boolean tls = exchange.isSecure();
          Location.of(exchange, tls, tls ? httpsPort : httpPort).add(path).query().send(301);
          return Verdict.RESPONDED;
        });
  }
}
