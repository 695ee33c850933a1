package dev.lintel.proxy.route;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// From host and path to a route. Immutable, shared by all loops; a match allocates nothing unless
/// the host is matched by regular expressions.
///
/// The exact host comes first, then the wildcard that covers its first label, then the default
/// host. A host that is known answers for all its paths: what none of them fits is not found, the
/// default host is not asked then.
public final class RoutingTable {
  private final ByteKeys<HostRoutes> hosts;
  private final ByteKeys<HostRoutes> wildcards;
  private final @Nullable HostRoutes otherwise;
  private final Route notFound;

  private RoutingTable(Map<String, HostRoutes> all, Route notFound) {
    Map<String, HostRoutes> exact = LinkedHashMap.newLinkedHashMap(all.size());
    Map<String, HostRoutes> suffixes = new LinkedHashMap<>();
    all.forEach(
        (host, routes) -> {
          if (host.startsWith("*.")) {
            suffixes.put(host.substring(1), routes);
          } else if (!host.isEmpty()) {
            exact.put(host, routes);
          }
        });
    this.hosts = keys(exact);
    this.wildcards = keys(suffixes);
    this.otherwise = all.get("");
    this.notFound = notFound;
  }

  private static ByteKeys<HostRoutes> keys(Map<String, HostRoutes> hosts) {
    byte[][] keys = new byte[hosts.size()][];
    Object[] values = new Object[hosts.size()];
    int i = 0;
    for (Map.Entry<String, HostRoutes> host : hosts.entrySet()) {
      keys[i] = host.getKey().getBytes(StandardCharsets.ISO_8859_1);
      values[i++] = host.getValue();
    }
    return new ByteKeys<>(keys, values);
  }

  /// Begins a table. `notFound` is the route of whatever nothing fits.
  public static Builder builder(Route notFound) {
    return new Builder(notFound);
  }

  /// The route of a request. The host is in lower case, without port; the path is in match form.
  ///
  /// @throws RegexTooCostly where a backtracking expression used up its steps: no route can be
  ///   told, and the request must be refused
  public Route match(
      byte[] host, int hostOffset, int hostLength, byte[] path, int pathOffset, int pathLength) {
    HostRoutes routes = find(host, hostOffset, hostLength);
    if (routes == null) {
      return notFound;
    }
    Route route = routes.match(path, pathOffset, pathLength);
    return route == null ? notFound : route;
  }

  private @Nullable HostRoutes find(byte[] host, int offset, int length) {
    int hash = 0;
    int dot = -1;
    int suffixHash = 0;
    for (int i = 0; i < length; i++) {
      byte b = host[offset + i];
      if (b == '.' && dot < 0) {
        dot = i;
      }
      hash = ByteKeys.hash(hash, b);
      if (dot >= 0) {
        suffixHash = ByteKeys.hash(suffixHash, b);
      }
    }
    HostRoutes routes = hosts.find(host, offset, length, hash);
    if (routes == null && dot > 0) {
      routes = wildcards.find(host, offset + dot, length - dot, suffixHash);
    }
    return routes == null ? otherwise : routes;
  }

  /// Whether this host is named in the table, exactly or by a wildcard.
  public boolean knows(byte[] host, int offset, int length) {
    HostRoutes routes = find(host, offset, length);
    return routes != null && !routes.equals(otherwise);
  }

  /// Collects hosts and paths, in order of precedence: what was said first about a path holds. Not
  /// shared between threads.
  public static final class Builder {
    private final Map<String, HostRoutes> ready = new LinkedHashMap<>();
    private final Map<String, HostRoutes.Builder> collected = new LinkedHashMap<>();
    private final Route notFound;

    private Builder(Route notFound) {
      this.notFound = notFound;
    }

    private HostRoutes.Builder host(String host) {
      return collected.computeIfAbsent(host.toLowerCase(Locale.ROOT), _ -> HostRoutes.builder());
    }

    /// Adds a host as a whole, as another table may have it; named as in `exact`. Paths of the same
    /// host that are added one by one are not seen then.
    public Builder host(String host, HostRoutes routes) {
      ready.put(host.toLowerCase(Locale.ROOT), routes);
      return this;
    }

    /// Adds a path that matches as it is. An empty `host` is the default one, `*.example.com`
    /// covers one label.
    public Builder exact(String host, String path, Route route) {
      host(host).exact(path, route);
      return this;
    }

    /// Adds a prefix of whole segments: `/foo` covers `/foo` and `/foo/…`; `/foo/` covers `/foo/…`
    /// but not `/foo`. The longest wins, and an exact path beats it.
    public Builder prefix(String host, String path, Route route) {
      host(host).prefix(path, route);
      return this;
    }

    /// Adds a regular expression; those of a host are tried in the order they are added, before its
    /// exact paths and prefixes.
    public Builder regex(String host, PathRegex regex, Route route) {
      host(host).regex(regex, route);
      return this;
    }

    /// The table of all that was added.
    public RoutingTable build() {
      Map<String, HostRoutes> all = new LinkedHashMap<>(ready);
      collected.forEach((host, routes) -> all.putIfAbsent(host, routes.build()));
      return new RoutingTable(all, notFound);
    }
  }
}
