package dev.lintel.ingress;

import dev.lintel.ingress.problem.Problem;
import java.util.List;

/// The control plane as metrics.
final class ControlMetrics {
  void ended(Round round, List<Problem> problems) {}

  void failed() {}
}
