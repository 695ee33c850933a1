package dev.lintel.ingress.link;

import dev.lintel.ingress.plan.HostPlan;
import dev.lintel.ingress.plan.RoutePlan;
import dev.lintel.proxy.route.HostRoutes;
import dev.lintel.proxy.route.PathRegex;
import dev.lintel.proxy.route.Route;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A host as it serves: its plan, the route made of each of the plan's routes, in that order, and
/// the way from a path to them.
record LinkedHost(HostPlan plan, List<LinkedRoute> routes, HostRoutes paths) {
  static LinkedHost of(HostPlan plan, List<LinkedRoute> routes) {
    HostRoutes.Builder paths = HostRoutes.builder();
    for (LinkedRoute each : routes) {
      String path = each.plan().path();
      switch (each.plan().match()) {
        case EXACT -> paths.exact(path, each.route());
        case PREFIX -> paths.prefix(path, each.route());
        case REGEX -> {
          if (each.regex() != null) {
            paths.regex(each.regex(), each.route());
          }
        }
      }
    }
    return new LinkedHost(plan, List.copyOf(routes), paths.build());
  }

  /// A route as it serves.
  ///
  /// @param regex how its path is matched where the plan says so
  /// @param used what it keeps alive
  record LinkedRoute(
      RoutePlan plan, Route route, @Nullable PathRegex regex, List<LiveState.Key> used) {}
}
