package dev.lintel.proxy.upstream;

import java.util.ArrayList;
import java.util.List;

/// The endpoints that may be picked now, in a stable order.
///
/// @param endpoints those that are picked from while half of them at least are well
/// @param elsewhere those that stand in for them, such as the endpoints of other zones; none where
///   `endpoints` has all there are
/// @param unready true where none of them is ready and they are tried because they were the last
///   ready ones
public record EndpointSet(List<Endpoint> endpoints, List<Endpoint> elsewhere, boolean unready) {
  /// No endpoint at all: requests get 503.
  public static final EndpointSet EMPTY = new EndpointSet(List.of(), false);

  /// Endpoints of which none stands in for others.
  public EndpointSet(List<Endpoint> endpoints, boolean unready) {
    this(endpoints, List.of(), unready);
  }

  /// Keeps what stands in for something.
  ///
  /// @throws IllegalArgumentException if there is nothing that it would stand in for
  public EndpointSet {
    if (endpoints.isEmpty() && !elsewhere.isEmpty()) {
      throw new IllegalArgumentException("endpoints that stand in for none");
    }
  }

  /// All of them, those that stand in for others last.
  public List<Endpoint> all() {
    if (elsewhere.isEmpty()) {
      return endpoints;
    }
    List<Endpoint> all = new ArrayList<>(endpoints.size() + elsewhere.size());
    all.addAll(endpoints);
    all.addAll(elsewhere);
    return all;
  }
}
