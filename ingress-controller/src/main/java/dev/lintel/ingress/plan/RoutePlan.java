package dev.lintel.ingress.plan;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// One way through the proxy: what matches, where it goes, which features act on it.
///
/// @param path the path as the Ingress has it: compared with the match form of the target
/// @param origin where it was written
/// @param labels names for logs and metrics
/// @param features in the order of `Features.ALL`; each acts at its own stage and rank
/// @param closed why every request is answered with 503, or null where the route is open
/// @param defaultBackend the upstream that a feature needs beside the target: of error pages; null
///   where none does
public record RoutePlan(
    Match match,
    String path,
    Target target,
    Origin origin,
    Labels labels,
    List<FeaturePlan> features,
    @Nullable String closed,
    @Nullable UpstreamKey defaultBackend) {
  /// A route of which no feature needs a default backend.
  public RoutePlan(
      Match match,
      String path,
      Target target,
      Origin origin,
      Labels labels,
      List<FeaturePlan> features,
      @Nullable String closed) {
    this(match, path, target, origin, labels, features, closed, null);
  }

  /// How the path is compared.
  public enum Match {
    /// Equal.
    EXACT,
    /// Equal, or continued by whole segments.
    PREFIX,
    /// Found at the start, without regard to case.
    REGEX
  }

  /// Where the request goes when every filter lets it through.
  public sealed interface Target {}

  /// To an upstream of the plan.
  public record ToUpstream(UpstreamKey key) implements Target {}

  /// To nobody: Lintel's own 404.
  public record NotFound() implements Target {}

  /// The place in a manifest, e.g. `default/shop` and `rules[0].paths[1]`; the ingress is empty for
  /// what Lintel adds itself.
  public record Origin(String ingress, String field) {}

  /// Values of the variables `$namespace`, `$ingress_name`, `$service_name`, `$service_port`, of
  /// the log's `$proxy_upstream_name` (`namespace-service-port`, `upstream-default-backend` for
  /// what nothing serves) and of the metrics' labels host (`_` for the catch-all) and path.
  public record Labels(
      String namespace,
      String ingress,
      String service,
      String servicePort,
      String upstreamName,
      String host,
      String path) {}

  /// A feature switched on for this route.
  public record FeaturePlan(String id, Record settings) {}
}
