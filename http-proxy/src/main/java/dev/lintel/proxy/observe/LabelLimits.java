package dev.lintel.proxy.observe;

import java.util.Collection;
import java.util.HashSet;
import java.util.Set;

/// Which hosts and paths have series of their own: the first ones that had requests, up to a limit.
/// All others share one name, so that the number of series does not grow with that of Ingresses.
/// From any thread; asked once for each route and loop, not for each request.
final class LabelLimits {
  /// The name that all others share; no Ingress can have such a host, nor such a path but as a
  /// regular expression.
  static final String OTHER = "_other";

  private final int mostHosts;
  private final int mostPaths;
  private final Set<String> hosts = new HashSet<>();
  private final Set<String> paths = new HashSet<>();

  LabelLimits(int mostHosts, int mostPaths) {
    this.mostHosts = mostHosts;
    this.mostPaths = mostPaths;
  }

  /// The labels of a route that has a request: with names of its own where there is room.
  synchronized RouteLabels admit(RouteLabels labels) {
    if (hosts.size() < mostHosts) {
      hosts.add(labels.host());
    }
    RouteLabels hosted = hosted(labels);
    if (paths.size() < mostPaths) {
      paths.add(pathOf(hosted));
    }
    return named(hosted);
  }

  /// The labels that requests of a route have been counted under, if there were any.
  synchronized RouteLabels find(RouteLabels labels) {
    return named(hosted(labels));
  }

  /// Makes room: these are all routes there are.
  synchronized void keepOnly(Collection<RouteLabels> present) {
    Set<String> presentHosts = new HashSet<>();
    Set<String> presentPaths = new HashSet<>();
    for (RouteLabels labels : present) {
      presentHosts.add(labels.host());
      presentPaths.add(pathOf(hosted(labels)));
    }
    hosts.retainAll(presentHosts);
    paths.retainAll(presentPaths);
  }

  private RouteLabels hosted(RouteLabels labels) {
    return hosts.contains(labels.host()) ? labels : labels.named(OTHER, labels.path());
  }

  /// Hosts hold no space.
  private static String pathOf(RouteLabels hosted) {
    return hosted.host() + " " + hosted.path();
  }

  private RouteLabels named(RouteLabels hosted) {
    return paths.contains(pathOf(hosted)) ? hosted : hosted.named(hosted.host(), OTHER);
  }
}
