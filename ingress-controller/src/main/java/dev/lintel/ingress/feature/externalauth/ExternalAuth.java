package dev.lintel.ingress.feature.externalauth;

import dev.lintel.ingress.feature.AnnotationReader;
import dev.lintel.ingress.feature.AuthSettings;
import dev.lintel.ingress.feature.Feature;
import dev.lintel.ingress.feature.GlobalRules;
import dev.lintel.ingress.feature.Reference;
import dev.lintel.ingress.feature.RouteAssembly;
import dev.lintel.ingress.feature.Setting;
import dev.lintel.ingress.feature.SideTarget;
import dev.lintel.ingress.feature.SideUrl;
import dev.lintel.ingress.feature.Template;
import dev.lintel.proxy.filter.Rank;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Asks another service whether a request is let in. Whatever of its settings cannot be read closes
/// the route; where the service does not answer, nobody comes in.
public final class ExternalAuth implements Feature<ExternalAuthSettings> {
  static final Setting<Reference> FIELDS =
      Setting.reference("auth-proxy-set-headers", "ConfigMap")
          .guard()
          .risk(Setting.Risk.MEDIUM)
          .text("A ConfigMap of header fields for the question; values may hold variables.");

  // No guards: they only say how connections are kept.
  static final Setting<Integer> KEEPALIVE =
      Setting.wholeNumber("auth-keepalive", 0, 100_000)
          .defaultsTo(0)
          .text(
              "How many connections to the service may wait for their next use, on each core; 0 for"
                  + " as many as to any upstream.");
  static final Setting<Integer> KEEPALIVE_REQUESTS =
      Setting.wholeNumber("auth-keepalive-requests", 0, 1_000_000_000)
          .defaultsTo(SideTarget.Pool.USUAL.requests())
          .text("Questions that one connection serves; 0 makes a new one for each.");
  static final Setting<Integer> KEEPALIVE_TIMEOUT =
      Setting.seconds("auth-keepalive-timeout", 0, 86_400)
          .defaultsTo(SideTarget.Pool.USUAL.seconds())
          .text("Seconds that a connection may wait; 0 makes a new one for each question.");
  static final Setting<Boolean> ENABLE_GLOBAL =
      Setting.bool("enable-global-auth")
          .defaultsTo(true)
          .text("`false` exempts the routes from the ConfigMap's `global-auth-url`.");

  /// Fields by which a message is framed or a connection governed.
  private static final String FRAMING =
      "connection|content-length|transfer-encoding|expect|upgrade|keep-alive|te|trailer"
          + "|http2-settings|proxy|proxy-.*";

  /// Fields that the upstream gets from Lintel itself.
  private static final Pattern OWN =
      Pattern.compile(
          FRAMING
              + "|host|x-request-id|x-real-ip|x-scheme|x-forwarded-(?:for|host|port|proto|scheme)"
              + "|x-original-forwarded-for|ssl-client-.*");

  private static final Pattern NOT_ASKED = Pattern.compile(FRAMING);
  private static final Pattern FIELD_NAME = Pattern.compile("[A-Za-z0-9][-_A-Za-z0-9]*");
  private static final Pattern FIELD_VALUE = Pattern.compile("[\\x20-\\x7e\\t]{0,4096}");

  @Override
  public String id() {
    return "external-auth";
  }

  @Override
  public List<Setting<?>> settings() {
    List<Setting<?>> all = new ArrayList<>(AuthKeys.OWN.all());
    all.addAll(List.of(FIELDS, KEEPALIVE, KEEPALIVE_REQUESTS, KEEPALIVE_TIMEOUT, ENABLE_GLOBAL));
    all.addAll(AuthKeys.GLOBAL.all());
    all.add(AuthSettings.NO_AUTH_LOCATIONS);
    return List.copyOf(all);
  }

  @Override
  public Optional<ExternalAuthSettings> read(AnnotationReader in) {
    if (in.find(AuthKeys.OWN.url()).isPresent()) {
      return AuthSettings.exempts(in) ? Optional.empty() : settings(in, AuthKeys.OWN);
    }
    reportLoose(in);
    boolean isGlobal = in.closed() == null && in.get(ENABLE_GLOBAL) && !AuthSettings.exempts(in);
    return isGlobal && in.find(AuthKeys.GLOBAL.url()).isPresent()
        ? settings(in, AuthKeys.GLOBAL)
        : Optional.empty();
  }

  /// Whoever wrote details thinks that something is asked.
  private static void reportLoose(AnnotationReader in) {
    for (Setting<?> detail :
        List.of(AuthKeys.OWN.signin(), AuthKeys.OWN.responseHeaders(), AuthKeys.OWN.cacheKey())) {
      if (in.isSet(detail)) {
        in.problem(detail, "stands without auth-url", "", "ignored: it asks nobody");
      }
    }
  }

  private static Optional<ExternalAuthSettings> settings(AnnotationReader in, AuthKeys keys) {
    SideUrl url = in.find(keys.url()).orElseThrow();
    List<String> names = names(in, keys.responseHeaders());
    Optional<String> signin = in.find(keys.signin());
    Optional<String> key = in.find(keys.cacheKey()).filter(text -> tellsApart(in, keys, text));
    boolean isOwn = keys.equals(AuthKeys.OWN);
    Optional<SortedMap<String, String>> fields =
        isOwn ? fields(in) : Optional.of(Collections.emptySortedMap());
    Optional<SideTarget> target = target(in, keys.url(), url, isOwn);
    String param = in.get(keys.signinParam());
    CacheTimes times = in.get(keys.cacheDuration());
    boolean always = in.get(keys.alwaysSetCookie());
    String method = in.find(keys.method()).map(AuthKeys.Method::toString).orElse("");
    String way = in.find(keys.requestRedirect()).orElse("");
    if (target.isEmpty() || fields.isEmpty() || in.closed() != null) {
      return Optional.empty(); // the route is closed
    }
    return Optional.of(
        new ExternalAuthSettings(
            target.get(),
            url.target(),
            method,
            signin.orElse(""),
            signin.isPresent() ? param : "",
            names,
            fields.get(),
            way,
            always,
            key.orElse(""),
            key.isPresent() ? times.seconds() : Collections.emptySortedMap(),
            in.get(GlobalRules.UNDERSCORES) || !in.get(GlobalRules.IGNORE_INVALID)));
  }

  /// Each name once; fields that Lintel writes itself are not the service's to set.
  private static List<String> names(AnnotationReader in, Setting<List<String>> setting) {
    List<String> names = List.copyOf(new LinkedHashSet<>(in.get(setting)));
    for (String name : names) {
      if (OWN.matcher(plain(name)).matches()) {
        in.deny(setting, name + " is written by Lintel itself", "other fields");
      }
    }
    return names;
  }

  /// What one client was answered must not count for all.
  private static boolean tellsApart(AnnotationReader in, AuthKeys keys, String text) {
    boolean apart = Template.of(text).hasVariables();
    if (!apart) {
      in.problem(keys.cacheKey(), "holds no variable", "one that tells clients apart", "not kept");
    }
    return apart;
  }

  private static Optional<SideTarget> target(
      AnnotationReader in, Setting<SideUrl> setting, SideUrl url, boolean isOwn) {
    Optional<String> host = url.host(in.route().host());
    if (host.isEmpty()) {
      in.deny(
          setting, "takes its host from the request, on a route of many hosts", "one host by name");
      return Optional.empty();
    }
    SideTarget.Pool pool = isOwn ? pool(in) : SideTarget.Pool.USUAL;
    return in.place(setting, host.get(), url.port())
        .map(place -> new SideTarget(host.get(), url.port(), url.isSecure(), place, pool));
  }

  private static SideTarget.Pool pool(AnnotationReader in) {
    int connections = in.get(KEEPALIVE);
    int requests = in.get(KEEPALIVE_REQUESTS);
    int seconds = in.get(KEEPALIVE_TIMEOUT);
    return new SideTarget.Pool(
        connections == 0 ? SideTarget.Pool.USUAL.connections() : connections,
        seconds == 0 ? 1 : Math.max(1, requests),
        Math.max(1, seconds));
  }

  /// The fields that the ConfigMap holds; empty where it cannot be honoured.
  private static Optional<SortedMap<String, String>> fields(AnnotationReader in) {
    if (in.find(FIELDS).isEmpty()) {
      return Optional.of(Collections.emptySortedMap());
    }
    return in.configMap(FIELDS)
        .map(
            map -> {
              SortedMap<String, String> fields = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
              for (Map.Entry<String, String> each : new TreeMap<>(map.data()).entrySet()) {
                String value = each.getValue().strip();
                String fault = fault(each.getKey(), value);
                if (!fault.isEmpty()) {
                  in.deny(FIELDS, "field \"" + each.getKey() + "\" of " + map.key() + fault, "");
                }
                fields.put(each.getKey(), value);
              }
              return Collections.unmodifiableSortedMap(fields);
            });
  }

  private static String fault(String name, String value) {
    if (!FIELD_NAME.matcher(name).matches() || NOT_ASKED.matcher(plain(name)).matches()) {
      return " has a name that cannot be sent";
    }
    if (!FIELD_VALUE.matcher(value).matches()) {
      return " has a value that cannot be sent: printable ASCII, one line, at most 4096";
    }
    String fault = Template.fault(value);
    return fault.isEmpty() ? "" : " " + fault;
  }

  private static String plain(String name) {
    return name.toLowerCase(Locale.ROOT).replace('_', '-');
  }

  @Override
  public void install(ExternalAuthSettings settings, RouteAssembly route) {
    @Nullable AnswerCache cache =
        settings.cacheKey().isEmpty()
            ? null
            : route.live(
                "external-auth " + route.ingress() + " " + route.name(),
                settings,
                AnswerCache.class,
                AnswerCache::new);
    Question question = new Question(settings, route.side(settings.target()));
    AuthFilter filter = new AuthFilter(settings, question, cache);
    route.request(Rank.EXTERNAL_AUTH, filter);
    if (!settings.responseHeaders().isEmpty()) {
      route.request(
          Rank.UPSTREAM_HEADERS,
          new AnsweredFields(filter, settings.responseHeaders(), settings.isUnderscored()));
    }
    route.response(new AnsweredCookies(filter, settings.alwaysSetCookie()));
  }
}
