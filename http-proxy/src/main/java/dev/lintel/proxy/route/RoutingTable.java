package dev.lintel.proxy.route;

/// From host and path to a route.
public final class RoutingTable {
  RoutingTable() {}
}
