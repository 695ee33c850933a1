package dev.lintel.ingress.feature;

import java.util.List;
import java.util.regex.Pattern;

/// What the ways to authenticate have in common.
public final class AuthSettings {
  private static final String ACME = "/.well-known/acme-challenge";

  /// Paths that nobody is asked at.
  public static final Setting<List<String>> NO_AUTH_LOCATIONS =
      Setting.of(
              "no-auth-locations",
              Grammars.list(
                  "prefixes of paths with commas between",
                  Pattern.compile("/[!-~]*"),
                  "no path that begins with /"))
          .onlyInConfigMap()
          .defaultsTo(List.of(ACME))
          .text(
              "Ingress paths that begin with one of these ask for neither a password nor external"
                  + " authentication; empty for none.");

  private AuthSettings() {}

  /// Whether nobody is asked at the route being read.
  public static boolean exempts(AnnotationReader in) {
    String path = in.route().path();
    return in.get(NO_AUTH_LOCATIONS).stream().anyMatch(path::startsWith);
  }
}
