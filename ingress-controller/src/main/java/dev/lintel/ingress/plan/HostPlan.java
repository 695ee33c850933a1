package dev.lintel.ingress.plan;

import dev.lintel.tls.ClientTrust;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One host: exact (`shop.example.com`), wildcard of one label (`*.example.com`), or the catch-all
/// (``).
///
/// @param regex whether all paths of this host are regular expressions (then `routes` are tried in
///   order)
/// @param routes exact paths, prefixes by falling length, or regexes in match order; the last one
///   is the host's own answer for paths that nothing else matches
/// @param clients which client certificates are asked for in handshakes with this host, or null for
///   none; its routes are guarded by a feature of theirs
/// @param passthrough where its TLS connections go unopened; null where they are opened here
public record HostPlan(
    String host,
    boolean regex,
    List<RoutePlan> routes,
    @Nullable ClientTrust clients,
    @Nullable PassthroughPlan passthrough) {
  /// A host whose TLS connections are opened here.
  public HostPlan(
      String host, boolean regex, List<RoutePlan> routes, @Nullable ClientTrust clients) {
    this(host, regex, routes, clients, null);
  }

  /// A host that asks for no client certificates.
  public HostPlan(String host, boolean regex, List<RoutePlan> routes) {
    this(host, regex, routes, null, null);
  }
}
