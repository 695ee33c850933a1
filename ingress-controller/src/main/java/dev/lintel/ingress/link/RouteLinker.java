package dev.lintel.ingress.link;

import dev.lintel.ingress.feature.Feature;
import dev.lintel.ingress.feature.Features;
import dev.lintel.ingress.link.LinkedHost.LinkedRoute;
import dev.lintel.ingress.plan.RoutePlan;
import dev.lintel.ingress.plan.RoutePlan.FeaturePlan;
import dev.lintel.proxy.failure.ProxyFailure;
import dev.lintel.proxy.filter.Rank;
import dev.lintel.proxy.filter.RequestFilter;
import dev.lintel.proxy.filter.ResponseFilter;
import dev.lintel.proxy.filter.Verdict;
import dev.lintel.proxy.observe.RouteLabels;
import dev.lintel.proxy.route.ErrorPages;
import dev.lintel.proxy.route.PathRegex;
import dev.lintel.proxy.route.Route;
import dev.lintel.proxy.route.RouteSettings;
import dev.lintel.proxy.upstream.Upstream;
import dev.lintel.proxy.upstream.balance.Balancer;
import dev.lintel.proxy.upstream.balance.Derivation;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Makes the route of a route's plan: its filters by stage and rank, its labels, its upstream.
final class RouteLinker {
  /// A guard that cannot be honoured closes its route.
  private static final RequestFilter CLOSED_ROUTE =
      exchange -> {
        exchange.fail(ProxyFailure.ROUTE_CLOSED);
        return Verdict.RESPONDED;
      };

  /// Where nobody could answer, nobody is asked for a password and nothing is charged to a limit.
  private static final RequestFilter NO_ENDPOINT =
      exchange -> {
        Upstream upstream = exchange.route().upstream();
        if (upstream != null && upstream.isDeserted()) {
          exchange.fail(ProxyFailure.NO_ENDPOINT);
          return Verdict.RESPONDED;
        }
        return Verdict.CONTINUE;
      };

  private final LiveState state;
  private final LiveUpstreams upstreams;
  private final Ports ports;
  private final Map<String, Feature<?>> features = new HashMap<>();
  private final Route notFound =
      new Route(
          RouteLabels.NONE,
          new RequestFilter[0],
          new ResponseFilter[0],
          null,
          RouteSettings.DEFAULT,
          null);

  RouteLinker(LiveState state, LiveUpstreams upstreams, Ports ports) {
    this.state = state;
    this.upstreams = upstreams;
    this.ports = ports;
    for (Feature<?> feature : Features.ALL) {
      features.put(feature.id(), feature);
    }
  }

  /// The route of whatever nothing fits.
  Route notFound() {
    return notFound;
  }

  /// Makes the route.
  ///
  /// @param upstream where it goes, or null
  /// @param spare its default backend, or null where no feature of it needs one
  /// @throws IllegalStateException if the plan names a feature or a regex that this build has not:
  ///   a fault of the compiler
  LinkedRoute link(RoutePlan plan, @Nullable Upstream upstream, @Nullable Upstream spare) {
    RouteBuilder builder = new RouteBuilder(plan, state, upstreams, ports);
    for (FeaturePlan feature : plan.features()) {
      Feature<?> known = features.get(feature.id());
      if (known == null) {
        throw new IllegalStateException("no feature is called " + feature.id());
      }
      install(known, feature.settings(), builder);
    }
    if (plan.closed() != null) {
      builder.request(Rank.CLOSED_ROUTE, CLOSED_ROUTE);
    }
    RouteLabels labels = labels(plan.labels());
    if (upstream != null) {
      if (spare != null && builder.standsIn()) {
        StandIn standIn = new StandIn(upstream, spare, labels);
        builder.request(Rank.NO_ENDPOINT, standIn.unlessNobody());
        builder.request(Rank.UPSTREAM_HEADERS, standIn);
      } else {
        builder.request(Rank.NO_ENDPOINT, NO_ENDPOINT);
      }
      derive(upstream, builder);
    }
    // Who makes the pages does not ask itself for one.
    ErrorPages pages =
        spare == null || spare.equals(upstream) ? null : builder.errorPages(spare, labels);
    PathRegex regex = plan.match() == RoutePlan.Match.REGEX ? regex(plan.path()) : null;
    Route route =
        new Route(
            labels,
            builder.requestFilters(),
            builder.responseFilters(),
            upstream,
            builder.settings(),
            regex,
            builder.clients(),
            pages);
    return new LinkedRoute(plan, route, regex, builder.used());
  }

  /// What one upstream has worked out for routes, once for all of them.
  private record Wanted(Upstream upstream, Derivation derivation) {}

  /// Has the upstream work out what the route's balancer looks up.
  private static void derive(Upstream upstream, RouteBuilder builder) {
    Balancer balancer = builder.balancer();
    if (balancer != null) {
      for (Derivation each : balancer.needs()) {
        builder.live(
            "upstream " + upstream.name(),
            new Wanted(upstream, each),
            Upstream.Lease.class,
            () -> upstream.derive(each));
      }
    }
  }

  /// The settings record in a plan is of the type its feature reads.
  @SuppressWarnings("unchecked")
  private static <S extends Record> void install(
      Feature<S> feature, Record settings, RouteBuilder builder) {
    feature.install((S) settings, builder);
  }

  private static PathRegex regex(String source) {
    return switch (PathRegex.compile(source)) {
      case PathRegex.Compiled compiled -> compiled.regex();
      case PathRegex.Refused refused ->
          throw new IllegalStateException("the regex " + source + " got into a plan: " + refused);
    };
  }

  private static RouteLabels labels(RoutePlan.Labels labels) {
    return new RouteLabels(
        labels.host(),
        labels.path(),
        labels.namespace(),
        labels.ingress(),
        labels.service(),
        "",
        labels.servicePort(),
        labels.upstreamName());
  }
}
