package dev.lintel.ingress.feature.upstreamredirect;

import dev.lintel.ingress.feature.AnnotationReader;
import dev.lintel.ingress.feature.Feature;
import dev.lintel.ingress.feature.RouteAssembly;
import dev.lintel.ingress.feature.Setting;
import dev.lintel.ingress.feature.Setting.Risk;
import dev.lintel.ingress.feature.Substitution;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// Replaces the beginning of what upstreams redirect to, in `Location` and `Refresh`, as nginx's
/// `proxy_redirect` does. Lintel's own redirects stay as they are.
public final class UpstreamRedirect implements Feature<UpstreamRedirectSettings> {
  private static final String OFF = "off";

  /// In nginx, the name of its own for whatever it sends to: no upstream knows that name.
  private static final String DEFAULT = "default";

  private static final Pattern PRINTABLE = Pattern.compile("[!-~]+");
  private static final int LONGEST = 2048;

  private static final Setting<String> FROM =
      Setting.text("proxy-redirect-from", PRINTABLE, LONGEST, "`off`, text, or `~` and a regex")
          .alsoInConfigMap()
          .risk(Risk.MEDIUM)
          .defaultsTo(OFF)
          .text(
              "What is replaced at the beginning of an upstream's `Location`, and of the URL in its"
                  + " `Refresh`: text, or a regular expression behind `~` (`~*`: in any case),"
                  + " which replaces all of it. `off` and `default` replace nothing.");

  private static final Setting<String> TO =
      Setting.text("proxy-redirect-to", PRINTABLE, LONGEST, "`off`, or text")
          .alsoInConfigMap()
          .risk(Risk.MEDIUM)
          .defaultsTo(OFF)
          .text(
              "What takes the place of `proxy-redirect-from`; `$scheme` and `$host` are those of the"
                  + " request, `$1` to `$9` the groups of the expression.");

  @Override
  public String id() {
    return "upstream-redirect";
  }

  @Override
  public List<Setting<?>> settings() {
    return List.of(FROM, TO);
  }

  @Override
  public Optional<UpstreamRedirectSettings> read(AnnotationReader in) {
    String from = in.get(FROM);
    String to = in.get(TO);
    if (from.equals(OFF) || from.equals(DEFAULT)) {
      return Optional.empty();
    }
    if (to.equals(OFF)) {
      in.problem(FROM, "does not say what to write instead", "proxy-redirect-to", "ignored");
      return Optional.empty();
    }
    if (Substitution.of(from, to, Substitution.Plain.PREFIX)
        instanceof Substitution.Refused(String found, String expected)) {
      in.problem(FROM, found, expected, "ignored");
      return Optional.empty();
    }
    return Optional.of(new UpstreamRedirectSettings(from, to));
  }

  @Override
  public void install(UpstreamRedirectSettings settings, RouteAssembly route) {
    if (Substitution.of(settings.from(), settings.to(), Substitution.Plain.PREFIX)
        instanceof Substitution.Made(Substitution substitution)) {
      route.response(new RedirectFilter(substitution));
    }
  }
}
