package dev.lintel.ingress.plan;

import java.util.List;

/// What the ConfigMap says of the access log, beside its format.
///
/// @param isOff whether nothing is logged
/// @param escaping how bytes of clients stand in a line
/// @param skipped the targets whose requests are not logged, as nginx's `map` writes them
public record LogPlan(boolean isOff, Escaping escaping, List<String> skipped) {
  /// How bytes of clients stand in a line.
  public enum Escaping {
    /// As nginx does of itself.
    USUAL,
    /// Within a JSON string.
    JSON,
    /// As they are.
    NONE
  }

  /// Where the ConfigMap says nothing.
  public static final LogPlan USUAL = new LogPlan(false, Escaping.USUAL, List.of());
}
