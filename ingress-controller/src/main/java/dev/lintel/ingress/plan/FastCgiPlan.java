package dev.lintel.ingress.plan;

import java.util.Comparator;
import java.util.SortedMap;

/// What is said to an upstream that speaks FastCGI.
///
/// @param index the file that stands for a directory; empty for none
/// @param params further parameters, by name; their values may name variables
/// @param keepsConnections whether a connection carries one request after another
public record FastCgiPlan(String index, SortedMap<String, String> params, boolean keepsConnections)
    implements Comparable<FastCgiPlan> {
  private static final Comparator<FastCgiPlan> ORDER =
      Comparator.comparing(FastCgiPlan::index)
          .thenComparing(plan -> plan.params().toString())
          .thenComparing(FastCgiPlan::keepsConnections);

  @Override
  public int compareTo(FastCgiPlan other) {
    return ORDER.compare(this, other);
  }

  /// For people.
  @Override
  public String toString() {
    return (index.isEmpty() ? "" : " index " + index)
        + (params.isEmpty() ? "" : " with " + params)
        + (keepsConnections ? " over kept connections" : "");
  }
}
