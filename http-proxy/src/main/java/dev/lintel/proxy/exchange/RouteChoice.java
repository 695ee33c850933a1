package dev.lintel.proxy.exchange;

import dev.lintel.proxy.failure.ProxyFailure;
import dev.lintel.proxy.filter.RequestFilter;
import dev.lintel.proxy.filter.ResponseFilter;
import dev.lintel.proxy.filter.Verdict;
import dev.lintel.proxy.message.Malformed;
import dev.lintel.proxy.message.RequestHead;
import dev.lintel.proxy.message.Slice;
import dev.lintel.proxy.observe.RouteLabels;
import dev.lintel.proxy.route.RegexTooCostly;
import dev.lintel.proxy.route.Route;
import dev.lintel.proxy.route.RouteSettings;
import dev.lintel.proxy.route.RoutingTable;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Finds the route of a request.
final class RouteChoice {
  private static final Logger LOG = LoggerFactory.getLogger(RouteChoice.class);

  private static final byte[] HEALTH_PATH = "/healthz".getBytes(StandardCharsets.US_ASCII);

  /// What load balancers ask for on the ports of the traffic: answered here, as ingress-nginx's
  /// default server does, for every host that no Ingress names; not logged.
  private static final Route HEALTH =
      new Route(
          RouteLabels.NONE,
          new RequestFilter[] {
            exchange -> {
              exchange.respond(Pages.HEALTHY);
              return Verdict.RESPONDED;
            }
          },
          new ResponseFilter[0],
          null,
          RouteSettings.DEFAULT.withoutAccessLog(),
          null);

  private RouteChoice() {}

  /// The route, or null where the exchange was failed instead: where reading `%2F` as data and as a
  /// slash would lead to different ones (who guards the one must not be passed by through the
  /// other), where an expression took too long, and where the host takes other client certificates
  /// than the one that the handshake was made with (RFC 9110, 15.5.20).
  static @Nullable Route of(Exchange exchange, RoutingTable table) {
    RequestHead request = exchange.request();
    Slice host = request.host();
    if (request.path().contentEquals(HEALTH_PATH)
        && !table.knows(host.bytes(), host.offset(), host.length())) {
      return HEALTH;
    }
    try {
      Route found = find(table, host, request.path());
      Slice other = request.dataPath();
      if (!other.isEmpty() && !found.equals(find(table, host, other))) {
        exchange.fail(ProxyFailure.request(Malformed.PATH_AMBIGUOUS));
      } else if (isMisdirected(exchange.connection(), found, host, table)) {
        exchange.fail(ProxyFailure.MISDIRECTED);
      } else {
        return found;
      }
    } catch (RegexTooCostly _) {
      LOG.warn("a regular expression used up its steps for {}", host);
      exchange.fail(ProxyFailure.INTERNAL);
    }
    return null;
  }

  /// Without TLS there was no handshake, and what nobody serves is not found, wherever it is asked
  /// for.
  private static boolean isMisdirected(
      ClientConnection connection, Route found, Slice host, RoutingTable table) {
    return connection.isTls()
        && !Objects.equals(connection.clients(), found.clients())
        && (found.upstream() != null || table.knows(host.bytes(), host.offset(), host.length()));
  }

  private static Route find(RoutingTable table, Slice host, Slice path) {
    return table.match(
        host.bytes(), host.offset(), host.length(), path.bytes(), path.offset(), path.length());
  }
}
