package dev.lintel.proxy.upstream;

import java.util.List;

/// The endpoints that may be picked now, in a stable order.
///
/// @param unready true where none of them is ready and they are tried because they were the last
///   ready ones
public record EndpointSet(List<Endpoint> endpoints, boolean unready) {
  /// No endpoint at all: requests get 503.
  public static final EndpointSet EMPTY = new EndpointSet(List.of(), false);
}
