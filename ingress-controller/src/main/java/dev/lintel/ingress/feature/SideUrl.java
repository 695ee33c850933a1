package dev.lintel.ingress.feature;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Where a feature sends requests of its own, as it was written.
///
/// @param host in lower case, without brackets; may hold `$host` and its like
/// @param port the one written, or that of the scheme
/// @param target path and query, with variables
public record SideUrl(boolean isSecure, String host, int port, String target) {
  private static final int LONGEST = 2048;
  private static final Pattern URL =
      Pattern.compile(
          "(https?)://(\\[[0-9a-fA-F:.]+]|[-.\\w${}]+)(?::(\\d{1,5}))?([/?][!-~&&[^\"<>\\\\^`|#]]*)?");
  private static final String ASKED = "(?:host|http_host|best_http_host|server_name)";
  private static final Pattern ASKED_HOST =
      Pattern.compile("\\$(?:" + ASKED + "\\b|\\{" + ASKED + "})");
  private static final Pattern NAME = Pattern.compile("[a-z0-9](?:[-.\\w]*[a-z0-9])?|[0-9a-f:.]+");

  /// The host for a route of this one.
  ///
  /// @param routeHost as the plan has it: exact, with a wildcard, or empty
  /// @return empty where the URL takes its host from the request, and the route has no one host
  public Optional<String> host(String routeHost) {
    Matcher asked = ASKED_HOST.matcher(host);
    if (!asked.find()) {
      return Optional.of(host);
    }
    return routeHost.isEmpty() || routeHost.startsWith("*")
        ? Optional.empty()
        : Optional.of(asked.replaceAll(Matcher.quoteReplacement(routeHost)));
  }

  /// How it is written.
  ///
  /// @param otherwise the path of a URL that has none
  public record Spelling(String otherwise) implements Grammar<SideUrl> {
    @Override
    public Reading<SideUrl> read(String text) {
      Matcher url = URL.matcher(text);
      if (text.length() > LONGEST || !url.matches()) {
        return new Reading.Fault<>(
            "is not a URL that requests can go to", "http://host[:port][/path]");
      }
      String host = url.group(2).toLowerCase(Locale.ROOT).replaceAll("[\\[\\]]", "");
      String plain = ASKED_HOST.matcher(host).replaceAll("host");
      if (plain.contains("..") || !NAME.matcher(plain).matches()) {
        return new Reading.Fault<>(
            "names no host", "a name or an address, in which $host may stand");
      }
      boolean isSecure = url.group(1).equals("https");
      String written = url.group(3);
      int port = written == null ? isSecure ? 443 : 80 : Integer.parseInt(written);
      if (port < 1 || port > 65_535) {
        return new Reading.Fault<>("has a port out of bounds", "from 1 to 65535");
      }
      String rest = url.group(4) == null ? otherwise : url.group(4);
      String target = rest.startsWith("?") ? "/" + rest : rest;
      String fault = Template.fault(target);
      return fault.isEmpty()
          ? new Reading.Value<>(new SideUrl(isSecure, host, port, target))
          : new Reading.Fault<>(fault, "one of nginx's variables about the request");
    }

    @Override
    public String describe() {
      return "http(s) URL, in which variables may stand";
    }
  }
}
