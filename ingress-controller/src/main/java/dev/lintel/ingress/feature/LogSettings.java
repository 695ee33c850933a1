package dev.lintel.ingress.feature;

import dev.lintel.ingress.plan.LogPlan;
import dev.lintel.ingress.plan.LogPlan.Escaping;
import java.util.List;

/// What is logged, and how. Settings of the whole controller, read by the compiler.
public final class LogSettings {
  static final Setting<Boolean> OFF =
      Setting.bool("disable-access-log")
          .onlyInConfigMap()
          .defaultsTo(false)
          .text("`true` logs no request; metrics still count them.");
  static final Setting<Boolean> HTTP_OFF =
      Setting.bool("disable-http-access-log")
          .onlyInConfigMap()
          .defaultsTo(false)
          .text("The same: Lintel logs only requests of HTTP.");
  static final Setting<Boolean> DEFAULT_BACKEND =
      Setting.bool("enable-access-log-for-default-backend")
          .onlyInConfigMap()
          .defaultsTo(false)
          .text("Logs requests for hosts that no Ingress names, too.");
  static final Setting<List<TextPattern>> SKIPPED =
      Setting.textPatterns("skip-access-log-urls")
          .onlyInConfigMap()
          .defaultsTo(List.of())
          .text(
              "Targets, with their query, whose requests are not logged. A whole text is compared"
                  + " without regard to case, a regular expression is found anywhere.");
  static final Setting<Boolean> ESCAPE_JSON =
      Setting.bool("log-format-escape-json")
          .onlyInConfigMap()
          .defaultsTo(false)
          .text("Escapes what clients sent as within a JSON string.");
  static final Setting<Boolean> ESCAPE_NONE =
      Setting.bool("log-format-escape-none")
          .onlyInConfigMap()
          .defaultsTo(false)
          .text(
              "Logs what clients sent as it came: a client can then make up parts of a line. It wins"
                  + " over `log-format-escape-json`.");

  /// All of them.
  public static final List<Setting<?>> ALL =
      List.of(OFF, HTTP_OFF, DEFAULT_BACKEND, SKIPPED, ESCAPE_JSON, ESCAPE_NONE);

  private LogSettings() {}

  /// What holds for all requests.
  public static LogPlan plan(GlobalReader in) {
    Escaping escaping =
        in.get(ESCAPE_NONE) ? Escaping.NONE : in.get(ESCAPE_JSON) ? Escaping.JSON : Escaping.USUAL;
    return new LogPlan(
        in.get(OFF) || in.get(HTTP_OFF),
        escaping,
        in.get(SKIPPED).stream().map(TextPattern::written).toList());
  }

  /// Whether requests are logged that belong to no Ingress.
  public static boolean includesDefaultBackend(GlobalReader in) {
    return in.get(DEFAULT_BACKEND);
  }
}
