package dev.lintel.ingress.feature.upstreamcookie;

import dev.lintel.ingress.feature.AnnotationReader;
import dev.lintel.ingress.feature.Feature;
import dev.lintel.ingress.feature.RouteAssembly;
import dev.lintel.ingress.feature.Setting;
import dev.lintel.ingress.feature.Setting.Risk;
import dev.lintel.ingress.feature.Substitution;
import dev.lintel.ingress.feature.Substitution.Plain;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Replaces the `Domain` and the `Path` in the cookies of upstreams, as nginx's
/// `proxy_cookie_domain` and `proxy_cookie_path` do.
public final class UpstreamCookie implements Feature<UpstreamCookieSettings> {
  private static final String OFF = "off";
  private static final String FORM = "`off`, or two texts with a space between";

  /// A semicolon or a comma would begin something else in a cookie.
  private static final Pattern PAIR = Pattern.compile("off|[!-~]+ +[!-~&&[^;,]]+");

  private static final int LONGEST = 2048;

  private static final Setting<String> DOMAIN =
      Setting.text("proxy-cookie-domain", PAIR, LONGEST, FORM)
          .alsoInConfigMap()
          .risk(Risk.MEDIUM)
          .defaultsTo(OFF)
          .text(
              "A `Domain` in the cookies of upstreams, and what takes its place. It is compared"
                  + " without regard to case or to a dot in front; behind `~` it is a regular"
                  + " expression, whose groups are `$1` to `$9`.");

  private static final Setting<String> PATH =
      Setting.text("proxy-cookie-path", PAIR, LONGEST, FORM)
          .alsoInConfigMap()
          .risk(Risk.MEDIUM)
          .defaultsTo(OFF)
          .text(
              "The beginning of a `Path` in the cookies of upstreams, and what takes its place;"
                  + " behind `~` (`~*`: in any case) it is a regular expression that replaces all of"
                  + " it, whose groups are `$1` to `$9`.");

  @Override
  public String id() {
    return "upstream-cookie";
  }

  @Override
  public List<Setting<?>> settings() {
    return List.of(DOMAIN, PATH);
  }

  @Override
  public Optional<UpstreamCookieSettings> read(AnnotationReader in) {
    UpstreamCookieSettings settings =
        new UpstreamCookieSettings(read(in, DOMAIN, Plain.NAME), read(in, PATH, Plain.PREFIX));
    boolean isEmpty = settings.domain().isEmpty() && settings.path().isEmpty();
    return isEmpty ? Optional.empty() : Optional.of(settings);
  }

  private static String read(AnnotationReader in, Setting<String> setting, Plain plain) {
    String pair = in.get(setting);
    if (pair.equals(OFF)) {
      return "";
    }
    if (result(pair, plain) instanceof Substitution.Refused(String found, String expected)) {
      in.problem(setting, found, expected, "ignored");
      return "";
    }
    return pair;
  }

  private static Substitution.Result result(String pair, Plain plain) {
    String[] parts = pair.split(" +", 2);
    return Substitution.of(parts[0], parts[1], plain);
  }

  @Override
  public void install(UpstreamCookieSettings settings, RouteAssembly route) {
    route.response(
        new CookieFilter(made(settings.domain(), Plain.NAME), made(settings.path(), Plain.PREFIX)));
  }

  private static @Nullable Substitution made(String pair, Plain plain) {
    return !pair.isEmpty()
            && result(pair, plain) instanceof Substitution.Made(Substitution substitution)
        ? substitution
        : null;
  }
}
