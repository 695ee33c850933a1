package dev.lintel.ingress.feature.wwwredirect;

import dev.lintel.ingress.feature.AnnotationReader;
import dev.lintel.ingress.feature.Feature;
import dev.lintel.ingress.feature.HostRules;
import dev.lintel.ingress.feature.Location;
import dev.lintel.ingress.feature.RouteAssembly;
import dev.lintel.ingress.feature.Setting;
import dev.lintel.proxy.filter.Rank;
import dev.lintel.proxy.filter.Verdict;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/// The one answer of a host that the compiler adds because its counterpart asks for it. Scheme,
/// path and query stay. `from-to-www-redirect` is a host rule: the compiler reads it.
public final class WwwRedirect implements Feature<WwwRedirectSettings> {
  /// Names it in a plan.
  public static final String ID = "www-redirect";

  @Override
  public String id() {
    return ID;
  }

  @Override
  public List<Setting<?>> settings() {
    return List.of(HostRules.FROM_TO_WWW);
  }

  @Override
  public Optional<WwwRedirectSettings> read(AnnotationReader in) {
    return Optional.empty();
  }

  @Override
  public void install(WwwRedirectSettings settings, RouteAssembly route) {
    byte[] host = settings.host().getBytes(StandardCharsets.US_ASCII);
    int httpPort = settings.withPort() ? route.httpPort() : 0;
    int httpsPort = settings.withPort() ? route.httpsPort() : 0;
    route.request(
        Rank.REDIRECT,
        exchange -> {
          boolean tls = exchange.isSecure();
          Location.to(exchange, tls, host, tls ? httpsPort : httpPort)
              .path()
              .query()
              .send(settings.code());
          return Verdict.RESPONDED;
        });
  }
}
