package dev.lintel.proxy.exchange;

import dev.lintel.proxy.failure.ProxyFailure;
import dev.lintel.proxy.message.Malformed;
import dev.lintel.proxy.message.RequestHead;
import dev.lintel.proxy.message.Slice;
import dev.lintel.proxy.route.RegexTooCostly;
import dev.lintel.proxy.route.Route;
import dev.lintel.proxy.route.RoutingTable;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Finds the route of a request.
final class RouteChoice {
  private static final Logger LOG = LoggerFactory.getLogger(RouteChoice.class);

  private RouteChoice() {}

  /// The route, or null where reading `%2F` as data and as a slash would lead to different ones:
  /// who guards the one must not be passed by through the other.
  static @Nullable Route of(RequestHead request, RoutingTable table) {
    Slice host = request.host();
    Route found = find(table, host, request.path());
    Slice other = request.dataPath();
    return other.isEmpty() || found.equals(find(table, host, other)) ? found : null;
  }

  private static Route find(RoutingTable table, Slice host, Slice path) {
    return table.match(
        host.bytes(), host.offset(), host.length(), path.bytes(), path.offset(), path.length());
  }

  /// Whether the host is named in the table.
  static boolean isHostKnown(RequestHead request, @Nullable RoutingTable table) {
    Slice host = request.host();
    return table == null || table.knows(host.bytes(), host.offset(), host.length());
  }
}
