package dev.lintel.tls;

import java.util.Locale;

/// The one form in which server names are compared: lower case, without the dot of the root.
public final class ServerNames {
  private ServerNames() {}

  /// The name itself where it has that form already, which is the usual case.
  public static String normalized(String name) {
    int end = name.length();
    if (end > 1 && name.charAt(end - 1) == '.') {
      return name.substring(0, end - 1).toLowerCase(Locale.ROOT);
    }
    for (int i = 0; i < end; i++) {
      char c = name.charAt(i);
      if (c >= 'A' && c <= 'Z' || c >= 0x80) {
        return name.toLowerCase(Locale.ROOT);
      }
    }
    return name;
  }
}
