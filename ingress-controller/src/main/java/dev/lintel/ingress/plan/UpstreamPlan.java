package dev.lintel.ingress.plan;

/// What an upstream is made of. Endpoints are not part of the plan: they change without a
/// recompile.
///
/// @param guard circuit breaker and bulkhead (off by default), and when endpoints are left out
/// @param connections how its connections are kept
public record UpstreamPlan(
    UpstreamKey key, Kind kind, GuardPlan guard, ConnectionsPlan connections) {

  /// How its endpoints are found.
  public sealed interface Kind {}

  /// The endpoints of the Service's slices, on the port of the slice with this name (empty: the
  /// unnamed one). `headless` only informs.
  public record ServiceEndpoints(String slicePortName, boolean headless) implements Kind {}

  /// The Service's own address, which spreads the connections over its endpoints.
  public record ClusterIp(String address, int port) implements Kind {}

  /// A name outside the cluster, to be resolved.
  public record ExternalName(String host, int port) implements Kind {}

  /// Nothing: the Service or its port does not exist. Requests get 503.
  public record Missing(String reason) implements Kind {}

  /// Settings of the guards of one upstream; 0 switches the part off.
  ///
  /// @param breakerFailurePercent failures among the last `breakerWindow` calls that open the
  ///   breaker
  /// @param breakerOpenSeconds how long it stays open before it tries `breakerTrialCalls` calls
  /// @param maxConcurrent requests at once (bulkhead)
  /// @param health when endpoints are left out
  public record GuardPlan(
      int breakerFailurePercent,
      int breakerWindow,
      int breakerOpenSeconds,
      int breakerTrialCalls,
      int maxConcurrent,
      HealthPlan health) {
    /// Neither breaker nor bulkhead; endpoints that fail are left out as usual.
    public static final GuardPlan OFF = new GuardPlan(0, 0, 0, 0, 0, HealthPlan.DEFAULTS);

    /// For [RecordText].
    public static final GuardPlan DEFAULTS = OFF;
  }
}
