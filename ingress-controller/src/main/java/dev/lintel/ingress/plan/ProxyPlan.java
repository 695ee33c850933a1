package dev.lintel.ingress.plan;

import java.util.List;
import java.util.SortedMap;

/// Everything the proxy is to do. Equal plans mean that nothing has to be published.
///
/// @param hosts sorted by name; the catch-all (every name no other host matches) has the empty name
///   and is always there
/// @param certificates the certificate of each server name (exact, or `*.suffix`), sorted by name
/// @param defaultCertificate used when no name matches
/// @param upstreams every upstream that a route or a service names, sorted by key
/// @param l4 what happens below HTTP
public record ProxyPlan(
    List<HostPlan> hosts,
    SortedMap<String, CertificatePlan> certificates,
    CertificatePlan defaultCertificate,
    SortedMap<UpstreamKey, UpstreamPlan> upstreams,
    GlobalPlan global,
    L4Plan l4) {
  /// Nothing but HTTP.
  public ProxyPlan(
      List<HostPlan> hosts,
      SortedMap<String, CertificatePlan> certificates,
      CertificatePlan defaultCertificate,
      SortedMap<UpstreamKey, UpstreamPlan> upstreams,
      GlobalPlan global) {
    this(hosts, certificates, defaultCertificate, upstreams, global, L4Plan.NONE);
  }
}
