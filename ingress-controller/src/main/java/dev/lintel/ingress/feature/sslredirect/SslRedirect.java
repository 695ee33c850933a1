package dev.lintel.ingress.feature.sslredirect;

import dev.lintel.ingress.feature.AnnotationReader;
import dev.lintel.ingress.feature.Feature;
import dev.lintel.ingress.feature.Location;
import dev.lintel.ingress.feature.RedirectSettings;
import dev.lintel.ingress.feature.RouteAssembly;
import dev.lintel.ingress.feature.Setting;
import dev.lintel.proxy.filter.Rank;
import dev.lintel.proxy.filter.Verdict;
import java.util.List;
import java.util.Optional;

/// Redirects plain http to https where the host has a certificate, or wherever it is forced. Some
/// paths stay on http: those of ACME challenges, unless the ConfigMap says otherwise. The path and
/// query are kept as they are, a trailing slash included.
public final class SslRedirect implements Feature<SslRedirectSettings> {
  static final Setting<Boolean> REDIRECT =
      Setting.bool("ssl-redirect")
          .alsoInConfigMap()
          .defaultsTo(true)
          .text("Redirects http to https on hosts that have a certificate.");
  static final Setting<Boolean> FORCE =
      Setting.bool("force-ssl-redirect")
          .alsoInConfigMap()
          .defaultsTo(false)
          .risk(Setting.Risk.MEDIUM)
          .text("Redirects http to https even on hosts without a certificate.");

  static final Setting<List<String>> NOT_AT =
      Setting.paths("no-tls-redirect-locations")
          .onlyInConfigMap()
          .defaultsTo(List.of("/.well-known/acme-challenge"))
          .text("Paths of Ingresses that begin with one of these are never redirected to https.");

  @Override
  public String id() {
    return "ssl-redirect";
  }

  @Override
  public List<Setting<?>> settings() {
    return List.of(REDIRECT, FORCE, NOT_AT, RedirectSettings.CODE, RedirectSettings.USE_PORT);
  }

  @Override
  public Optional<SslRedirectSettings> read(AnnotationReader in) {
    boolean force = in.get(FORCE);
    boolean redirect = in.get(REDIRECT) && in.route().hasCertificate();
    if (!force && !redirect || isExempt(in)) {
      return Optional.empty();
    }
    return Optional.of(
        new SslRedirectSettings(
            in.get(RedirectSettings.CODE).status(), in.get(RedirectSettings.USE_PORT)));
  }

  private static boolean isExempt(AnnotationReader in) {
    return in.get(NOT_AT).stream().anyMatch(in.route().path()::startsWith);
  }

  @Override
  public void install(SslRedirectSettings settings, RouteAssembly route) {
    int port = settings.withPort() ? route.httpsPort() : 0;
    route.request(
        Rank.SSL_REDIRECT,
        exchange -> {
          if (exchange.isSecure()) {
            return Verdict.CONTINUE;
          }
          Location.of(exchange, true, port).path().query().send(settings.code());
          return Verdict.RESPONDED;
        });
  }
}
