package dev.lintel.ingress.link;

import dev.lintel.ingress.plan.HostPlan;
import dev.lintel.ingress.plan.RoutePlan;
import dev.lintel.proxy.route.PathRegex;
import dev.lintel.proxy.route.Route;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A host as it serves: its plan and the route made of each of the plan's routes, in that order.
record LinkedHost(HostPlan plan, List<LinkedRoute> routes) {

  /// A route as it serves.
  ///
  /// @param regex how its path is matched where the plan says so
  /// @param used what it keeps alive
  record LinkedRoute(
      RoutePlan plan, Route route, @Nullable PathRegex regex, List<LiveState.Key> used) {}
}
