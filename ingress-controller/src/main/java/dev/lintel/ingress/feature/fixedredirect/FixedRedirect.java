package dev.lintel.ingress.feature.fixedredirect;

import dev.lintel.ingress.feature.AnnotationReader;
import dev.lintel.ingress.feature.Feature;
import dev.lintel.ingress.feature.Location;
import dev.lintel.ingress.feature.RedirectSettings;
import dev.lintel.ingress.feature.RouteAssembly;
import dev.lintel.ingress.feature.Setting;
import dev.lintel.proxy.exchange.CannedResponse;
import dev.lintel.proxy.filter.Rank;
import dev.lintel.proxy.filter.RequestFilter;
import dev.lintel.proxy.filter.Verdict;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// Redirects every request of a route, before limits, guards and the redirect to https. Where both
/// are asked for, the temporal one wins.
public final class FixedRedirect implements Feature<FixedRedirectSettings> {
  private static final int LONGEST = 2048;
  private static final String REST = "(?:[-._~A-Za-z0-9/:?#&=,;@!+*()]++|%[0-9A-Fa-f]{2})*+";
  private static final String URL =
      "(?i:https?)://(?:\\[[0-9A-Fa-f:.]++\\]|[-._A-Za-z0-9]++)(?::\\d{1,5})?+(?:[/?#]"
          + REST
          + ")?+";
  private static final String PATH = "/(?![/])" + REST;

  static final Setting<String> PERMANENT =
      Setting.text(
              "permanent-redirect",
              Pattern.compile(URL + "|" + PATH),
              LONGEST,
              "http(s) URL, or a path that begins with one slash, without variables")
          .risk(Setting.Risk.MEDIUM)
          .text(
              "Where every request is redirected to, as it stands here; the request's path and query"
                  + " are not added.");
  static final Setting<Integer> PERMANENT_CODE =
      Setting.wholeNumber("permanent-redirect-code", 300, 308)
          .defaultsTo(301)
          .text("Status of `permanent-redirect`.");
  static final Setting<String> TEMPORAL =
      Setting.text(
              "temporal-redirect", Pattern.compile(URL), LONGEST, "http(s) URL without variables")
          .risk(Setting.Risk.MEDIUM)
          .text(
              "The same as `permanent-redirect` with another status; it wins where both are set.");
  static final Setting<Integer> TEMPORAL_CODE =
      Setting.wholeNumber("temporal-redirect-code", 300, 307)
          .defaultsTo(302)
          .text("Status of `temporal-redirect`.");

  @Override
  public String id() {
    return "redirect";
  }

  @Override
  public List<Setting<?>> settings() {
    return List.of(PERMANENT, PERMANENT_CODE, TEMPORAL, TEMPORAL_CODE, RedirectSettings.RELATIVE);
  }

  @Override
  public Optional<FixedRedirectSettings> read(AnnotationReader in) {
    if (in.route().isCatchAll()) {
      return Optional.empty();
    }
    return settings(in, TEMPORAL, TEMPORAL_CODE).or(() -> settings(in, PERMANENT, PERMANENT_CODE));
  }

  private static Optional<FixedRedirectSettings> settings(
      AnnotationReader in, Setting<String> target, Setting<Integer> code) {
    return in.find(target)
        .map(
            to -> {
              boolean relative = to.startsWith("/") && in.get(RedirectSettings.RELATIVE);
              boolean withPort = !relative && in.get(RedirectSettings.USE_PORT);
              return new FixedRedirectSettings(in.get(code), to, withPort, relative);
            });
  }

  @Override
  public void install(FixedRedirectSettings settings, RouteAssembly route) {
    byte[] target = settings.target().getBytes(StandardCharsets.US_ASCII);
    route.request(
        Rank.REDIRECT,
        settings.target().startsWith("/")
            ? toPath(settings, target, route)
            : toUrl(settings.code(), target));
  }

  private static RequestFilter toUrl(int code, byte[] target) {
    byte[] location = "Location".getBytes(StandardCharsets.US_ASCII);
    CannedResponse answer = CannedResponse.page(code, location, target);
    return exchange -> {
      exchange.respond(answer);
      return Verdict.RESPONDED;
    };
  }

  private static RequestFilter toPath(
      FixedRedirectSettings settings, byte[] target, RouteAssembly route) {
    if (settings.relative()) {
      return exchange -> {
        Location.relative(exchange).add(target).send(settings.code());
        return Verdict.RESPONDED;
      };
    }
    int httpPort = settings.withPort() ? route.httpPort() : 0;
    int httpsPort = settings.withPort() ? route.httpsPort() : 0;
    return exchange -> {
      boolean tls = exchange.isSecure();
      Location.of(exchange, tls, tls ? httpsPort : httpPort).add(target).send(settings.code());
      return Verdict.RESPONDED;
    };
  }
}
