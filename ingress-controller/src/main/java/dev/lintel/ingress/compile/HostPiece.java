package dev.lintel.ingress.compile;

import dev.lintel.ingress.plan.HostPlan;
import dev.lintel.ingress.plan.UpstreamKey;
import dev.lintel.ingress.plan.UpstreamPlan.GuardPlan;
import dev.lintel.ingress.problem.Problem;
import dev.lintel.ingress.snapshot.IngressView;
import dev.lintel.ingress.snapshot.Lookup;
import java.util.ArrayList;
import java.util.List;

/// What one host was compiled to. Small: thousands of them stay between two compilations.
///
/// @param problems what was wrong with its routes and its certificate
/// @param lookups the objects it depends on, other than its Ingresses and the Services of its
///   routes
/// @param wishes what its Ingresses ask of upstreams
record HostPiece(
    HostPlan plan, List<Problem> problems, List<Lookup> lookups, List<GuardWish> wishes) {

  /// The same routes under a further name of the host.
  HostPiece under(HostDraft name) {
    HostPlan same =
        new HostPlan(name.host(), plan.regex(), plan.routes(), plan.clients(), plan.passthrough());
    List<Lookup> all = new ArrayList<>(lookups);
    all.addAll(name.lookups());
    return new HostPiece(same, name.problems().list(), List.copyOf(all), wishes);
  }

  /// The guards that an Ingress asks for at an upstream.
  record GuardWish(UpstreamKey upstream, IngressView ingress, GuardPlan guard) {}
}
