package dev.lintel.ingress.feature.rewrite;

import dev.lintel.ingress.feature.AnnotationReader;
import dev.lintel.ingress.feature.Feature;
import dev.lintel.ingress.feature.HostRules;
import dev.lintel.ingress.feature.Location;
import dev.lintel.ingress.feature.RedirectSettings;
import dev.lintel.ingress.feature.RouteAssembly;
import dev.lintel.ingress.feature.Setting;
import dev.lintel.proxy.filter.Rank;
import dev.lintel.proxy.filter.Verdict;
import dev.lintel.proxy.message.Slice;
import dev.lintel.proxy.route.PathRegex;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// Rewrites the path (`rewrite-target`) and sends `/` to the application's root (`app-root`).
/// `use-regex` is a host rule: the compiler reads it. `app-root` is one too: the compiler hands it
/// to the routes that serve `/`.
public final class Rewrite implements Feature<RewriteSettings> {
  static final Setting<String> PREFIX =
      Setting.text(
              "x-forwarded-prefix",
              Pattern.compile("/[-._~A-Za-z0-9/$]*"),
              2048,
              "absolute path of letters, digits and - . _ ~ / $")
          .risk(Setting.Risk.MEDIUM)
          .text(
              "What the upstream is told in `X-Forwarded-Prefix` of a path that `rewrite-target`"
                  + " changed; `$1` to `$9` are the groups of the route's path.");

  @Override
  public String id() {
    return "rewrite";
  }

  @Override
  public List<Setting<?>> settings() {
    return List.of(HostRules.REWRITE_TARGET, HostRules.USE_REGEX, PREFIX, HostRules.APP_ROOT);
  }

  @Override
  public Optional<RewriteSettings> read(AnnotationReader in) {
    if (in.route().isCatchAll()) {
      return Optional.empty();
    }
    String target = in.find(HostRules.REWRITE_TARGET).orElse("");
    if (target.equals(in.route().path())) {
      target = ""; // nginx changes nothing then
    }
    if (!target.isEmpty() && !isUrl(target) && !target.startsWith("/") && !target.startsWith("$")) {
      in.problem(HostRules.REWRITE_TARGET, "\"" + target + "\" is no path", "/…", "no rewrite");
      target = "";
    }
    String prefix = in.find(PREFIX).orElse("");
    if (!prefix.isEmpty() && (target.isEmpty() || isUrl(target))) {
      in.problem(PREFIX, "no path is rewritten", "rewrite-target with it", "not sent");
      prefix = "";
    }
    String appRoot = in.route().appRoot();
    return target.isEmpty() && appRoot.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new RewriteSettings(
                target, prefix, appRoot, !appRoot.isEmpty() && in.get(RedirectSettings.RELATIVE)));
  }

  @Override
  public void install(RewriteSettings settings, RouteAssembly route) {
    if (!settings.appRoot().isEmpty()) {
      appRoot(settings, route);
    }
    if (settings.target().isEmpty()) {
      return;
    }
    if (!(PathRegex.compile(route.path()) instanceof PathRegex.Compiled(PathRegex regex))) {
      return; // the compiler has closed a route whose path is no regex
    }
    Replacement replacement = Replacement.of(settings.target());
    if (isUrl(settings.target())) {
      route.request(Rank.REDIRECT, new RewriteRedirect(regex, replacement));
    } else {
      route.request(
          Rank.REWRITE_TARGET,
          new RewriteFilter(
              regex,
              replacement,
              settings.prefix().isEmpty() ? null : Replacement.of(settings.prefix())));
    }
  }

  private static void appRoot(RewriteSettings settings, RouteAssembly route) {
    byte[] bytes = settings.appRoot().getBytes(StandardCharsets.US_ASCII);
    boolean relative = settings.relative();
    route.request(
        Rank.APP_ROOT,
        exchange -> {
          Slice asked = exchange.request().path();
          if (asked.length() != 1) {
            return Verdict.CONTINUE;
          }
          Location base = relative ? Location.relative(exchange) : Location.asAsked(exchange);
          base.add(bytes).send(302);
          return Verdict.RESPONDED;
        });
  }

  private static boolean isUrl(String target) {
    return target.startsWith("http://") || target.startsWith("https://");
  }
}
