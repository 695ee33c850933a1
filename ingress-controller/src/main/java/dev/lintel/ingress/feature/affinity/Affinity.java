package dev.lintel.ingress.feature.affinity;

import dev.lintel.ingress.feature.AnnotationReader;
import dev.lintel.ingress.feature.Feature;
import dev.lintel.ingress.feature.RouteAssembly;
import dev.lintel.ingress.feature.Setting;
import dev.lintel.proxy.upstream.balance.ByCookie;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/// Keeps a client with one endpoint by a cookie that it is given with its first response. Overrules
/// every other way to pick an endpoint.
public final class Affinity implements Feature<AffinitySettings> {
  private static final int NONE = -1;
  private static final Pattern COOKIE_PATH = Pattern.compile("/[!-:<-~]*");
  private static final int LONGEST = 1_024;

  /// What there is to keep a client by.
  enum Kind {
    COOKIE;

    @Override
    public String toString() {
      return "cookie";
    }
  }

  /// How long a client stays.
  enum Mode {
    BALANCED,
    PERSISTENT;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /// To which requests of other sites a browser adds the cookie.
  enum SameSite {
    NONE("None"),
    LAX("Lax"),
    STRICT("Strict");

    private final String text;

    SameSite(String text) {
      this.text = text;
    }

    @Override
    public String toString() {
      return text;
    }
  }

  private static final Setting<Kind> AFFINITY =
      Setting.oneOf("affinity", Kind.class)
          .text("Keeps a client with one endpoint, by a `cookie`.");

  private static final Setting<Mode> AFFINITY_MODE =
      Setting.oneOf("affinity-mode", Mode.class)
          .defaultsTo(Mode.BALANCED)
          .risk(Setting.Risk.MEDIUM)
          .text(
              "`balanced` moves a share of the clients when endpoints come, `persistent` moves a"
                  + " client only when its endpoint is gone.");

  private static final Setting<String> COOKIE_NAME =
      Setting.text(
              "session-cookie-name",
              Pattern.compile("[-!#$%&'*+.^_`|~A-Za-z0-9]+"),
              LONGEST,
              "name of a cookie, without space, / or :")
          .defaultsTo(AffinitySettings.DEFAULTS.name())
          .risk(Setting.Risk.MEDIUM)
          .text("Name of the cookie.");

  private static final Setting<String> PATH =
      Setting.text("session-cookie-path", COOKIE_PATH, LONGEST, "absolute path without space or ;")
          .risk(Setting.Risk.MEDIUM)
          .text(
              "The cookie's `Path`: the path of the route unless set, or `/` where that is a regular"
                  + " expression.");

  private static final Setting<String> DOMAIN =
      Setting.text(
              "session-cookie-domain",
              Pattern.compile("\\.?[A-Za-z0-9]([-.A-Za-z0-9]*[A-Za-z0-9])?"),
              253,
              "name of a domain")
          .risk(Setting.Risk.MEDIUM)
          .text("The cookie's `Domain`; unless set, the cookie is for the host alone.");

  private static final Setting<SameSite> SAME_SITE =
      Setting.oneOf("session-cookie-samesite", SameSite.class)
          .text("The cookie's `SameSite`; none unless set.");

  private static final Setting<Boolean> CONDITIONAL_NONE =
      Setting.bool("session-cookie-conditional-samesite-none")
          .defaultsTo(false)
          .text("Leaves `SameSite=None` away for old browsers that refuse a cookie with it.");

  private static final Setting<Boolean> SECURE =
      Setting.bool("session-cookie-secure")
          .defaultsTo(false)
          .text("Makes the cookie `Secure` in any case; over TLS it always is.");

  private static final Setting<Integer> EXPIRES =
      Setting.seconds("session-cookie-expires", 0, Integer.MAX_VALUE)
          .risk(Setting.Risk.MEDIUM)
          .text("Seconds from now to the cookie's `Expires`; none unless set.");

  private static final Setting<Integer> MAX_AGE =
      Setting.seconds("session-cookie-max-age", 0, Integer.MAX_VALUE)
          .risk(Setting.Risk.MEDIUM)
          .text("The cookie's `Max-Age` in seconds; none unless set.");

  private static final Setting<Boolean> CHANGE_ON_FAILURE =
      Setting.bool("session-cookie-change-on-failure")
          .defaultsTo(false)
          .text(
              "Gives a client whose endpoint failed another one for good. Otherwise another one"
                  + " serves that request, and the next is sent to the old one first.");

  @Override
  public String id() {
    return "affinity";
  }

  @Override
  public List<Setting<?>> settings() {
    return List.of(
        AFFINITY,
        AFFINITY_MODE,
        COOKIE_NAME,
        PATH,
        DOMAIN,
        SAME_SITE,
        CONDITIONAL_NONE,
        SECURE,
        EXPIRES,
        MAX_AGE,
        CHANGE_ON_FAILURE);
  }

  @Override
  public Optional<AffinitySettings> read(AnnotationReader in) {
    return in.find(AFFINITY)
        .map(
            _ ->
                new AffinitySettings(
                    in.get(AFFINITY_MODE) == Mode.PERSISTENT,
                    in.get(COOKIE_NAME),
                    in.find(PATH).orElseGet(() -> routePath(in)),
                    in.find(DOMAIN).orElse(""),
                    in.find(SAME_SITE).map(SameSite::toString).orElse(""),
                    in.get(CONDITIONAL_NONE),
                    in.get(SECURE),
                    in.find(EXPIRES).orElse(NONE),
                    in.find(MAX_AGE).orElse(NONE),
                    in.get(CHANGE_ON_FAILURE)));
  }

  /// No browser would send a cookie back whose path is an expression.
  private static String routePath(AnnotationReader in) {
    String path = in.route().path();
    boolean isPlain =
        COOKIE_PATH.matcher(path).matches()
            && !(in.route().isRegex() && path.matches(".*[\\\\^$|?*+()\\[\\]{}].*"));
    if (!isPlain) {
      in.problem(
          PATH,
          "is missing, and the path " + path + " is none of a cookie",
          "session-cookie-path beside regular expressions",
          "the cookie is for all paths of the host");
    }
    return isPlain ? path : "/";
  }

  @Override
  public void install(AffinitySettings settings, RouteAssembly route) {
    ByCookie by = new ByCookie(settings.persistent(), settings.changeOnFailure());
    route.balance(by, new CookieReader(settings.name(), by));
    route.response(new CookieWriter(settings));
  }
}
