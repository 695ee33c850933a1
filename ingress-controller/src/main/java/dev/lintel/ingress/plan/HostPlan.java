package dev.lintel.ingress.plan;

import java.util.List;

/// One host: exact (`shop.example.com`), wildcard of one label (`*.example.com`), or the catch-all
/// (``).
///
/// @param regex whether all paths of this host are regular expressions (then `routes` are tried in
///   order)
/// @param routes exact paths, prefixes by falling length, or regexes in match order; the last one
///   is the host's own answer for paths that nothing else matches
public record HostPlan(String host, boolean regex, List<RoutePlan> routes) {}
