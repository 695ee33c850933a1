package dev.lintel.proxy.trace;

import org.jspecify.annotations.Nullable;

/// Which requests have a span.
///
/// @param bound a trace is sampled whose number, without its sign, is below: the rule of
///   OpenTelemetry's `TraceIdRatioBased`, so that all services take the same traces
/// @param isParentBased whether what the sender of a request decided counts first
public record Sampler(long bound, boolean isParentBased) {
  /// All of them, none of them, or a share of the traces.
  ///
  /// @param ratio from 0 to 1
  public static Sampler of(double ratio, boolean isParentBased) {
    long bound =
        ratio >= 1 ? Long.MAX_VALUE : ratio <= 0 ? 0 : (long) (ratio * (double) Long.MAX_VALUE);
    return new Sampler(bound, isParentBased);
  }

  /// Whether a request of this trace has one.
  ///
  /// @param low the last eight bytes of the trace's id
  /// @param parent what came with the request; null where nothing did, or nobody is believed
  boolean samples(long low, @Nullable TraceParent parent) {
    if (isParentBased && parent != null && parent.decision() != TraceParent.Decision.OPEN) {
      return parent.decision() == TraceParent.Decision.SAMPLED;
    }
    return bound == Long.MAX_VALUE || Math.abs(low) < bound && low != Long.MIN_VALUE;
  }
}
