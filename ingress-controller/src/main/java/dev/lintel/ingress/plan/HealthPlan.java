package dev.lintel.ingress.plan;

/// When endpoints of an upstream are left out.
///
/// @param failures in a row that eject one; 0: none is ejected
/// @param ejectionSeconds for how long, the first time
/// @param onServerErrors whether answers of 500 and above are failures
/// @param checkPath what endpoints are asked whether they are well; empty: they are not asked
/// @param checkIntervalSeconds from one check to the next
/// @param checkTimeoutSeconds how long one may take
/// @param checkSuccesses in a row that make an endpoint well again
/// @param checkFailures in a row that make it unwell
public record HealthPlan(
    int failures,
    int ejectionSeconds,
    boolean onServerErrors,
    String checkPath,
    int checkIntervalSeconds,
    int checkTimeoutSeconds,
    int checkSuccesses,
    int checkFailures) {
  /// What holds where nothing is said.
  public static final HealthPlan DEFAULTS = new HealthPlan(5, 5, false, "", 10, 2, 2, 3);

  /// Only what is not as usual.
  @Override
  public String toString() {
    return "[" + RecordText.components(this).strip() + "]";
  }
}
