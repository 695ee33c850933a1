package dev.lintel.ingress.compile;

import java.util.Locale;
import java.util.regex.Pattern;

/// Names of hosts as Ingresses write them.
final class HostNames {
  private static final String LABEL = "[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?";
  private static final Pattern VALID = Pattern.compile("(\\*\\.)?" + LABEL + "(\\." + LABEL + ")*");
  private static final String WWW = "www.";
  private static final int LONGEST = 253;

  private HostNames() {}

  /// In lower case, without a dot at the end.
  static String normalized(String host) {
    String lower = host.toLowerCase(Locale.ROOT);
    return lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower;
  }

  /// Whether a normalized host is a DNS name, or one with `*` in place of its first label.
  static boolean isValid(String host) {
    return host.length() <= LONGEST && VALID.matcher(host).matches();
  }

  /// The same host with `www.` in front, or without where it has that; empty for wildcards and the
  /// catch-all.
  static String counterpartOf(String host) {
    if (host.isEmpty() || host.startsWith("*.")) {
      return "";
    }
    String other = host.startsWith(WWW) ? host.substring(WWW.length()) : WWW + host;
    return isValid(other) ? other : "";
  }

  /// The wildcard that covers a host; empty where none can.
  static String wildcardOf(String host) {
    int dot = host.indexOf('.');
    return dot < 0 || host.startsWith("*.") ? "" : "*" + host.substring(dot);
  }
}
