package dev.lintel.ingress.link;

import dev.lintel.proxy.exchange.Exchange;
import dev.lintel.proxy.failure.ProxyFailure;
import dev.lintel.proxy.filter.RequestFilter;
import dev.lintel.proxy.filter.Verdict;
import dev.lintel.proxy.message.HeaderName;
import dev.lintel.proxy.message.Slice;
import dev.lintel.proxy.observe.RouteLabels;
import dev.lintel.proxy.upstream.Upstream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// Sends requests to the default backend of an Ingress while their own upstream has no endpoint,
/// and says there what they are about.
final class StandIn implements RequestFilter {
  private static final HeaderName CODE = HeaderName.of("X-Code");
  private static final HeaderName FORMAT = HeaderName.of("X-Format");
  private static final HeaderName ACCEPT = HeaderName.of("Accept");
  private static final byte[] NO_ENDPOINT = bytes("503");
  private static final List<String> NAMES =
      List.of("X-Namespace", "X-Ingress-Name", "X-Service-Name", "X-Service-Port");

  private final Upstream own;
  private final Upstream other;
  private final HeaderName[] names;
  private final byte[][] values;

  StandIn(Upstream own, Upstream other, RouteLabels labels) {
    this.own = own;
    this.other = other;
    names = NAMES.stream().map(HeaderName::of).toArray(HeaderName[]::new);
    values = values(labels).stream().map(StandIn::bytes).toArray(byte[][]::new);
  }

  /// What stands behind the [#NAMES].
  private static List<String> values(RouteLabels labels) {
    return List.of(labels.namespace(), labels.ingress(), labels.service(), labels.servicePort());
  }

  /// The same facts as lines, for requests for pages.
  static byte[] lines(RouteLabels labels) {
    StringBuilder lines = new StringBuilder();
    List<String> values = values(labels);
    for (int i = 0; i < values.size(); i++) {
      if (!values.get(i).isEmpty()) {
        lines.append(NAMES.get(i)).append(": ").append(values.get(i)).append("\r\n");
      }
    }
    return bytes(lines.toString());
  }

  /// Refuses requests at once where neither of them has an endpoint.
  RequestFilter unlessNobody() {
    return exchange -> {
      if (own.isDeserted() && other.isDeserted()) {
        exchange.fail(ProxyFailure.NO_ENDPOINT);
        return Verdict.RESPONDED;
      }
      return Verdict.CONTINUE;
    };
  }

  @Override
  public Verdict onRequest(Exchange exchange) {
    if (!own.isDeserted()) {
      return Verdict.CONTINUE;
    }
    exchange.forwardTo(other);
    exchange.setUpstreamField(CODE, NO_ENDPOINT);
    Slice format = new Slice();
    if (exchange.request().value(ACCEPT, format)) {
      exchange.setUpstreamField(FORMAT, format.toBytes());
    } else {
      exchange.removeUpstreamField(FORMAT);
    }
    for (int i = 0; i < names.length; i++) {
      exchange.setUpstreamField(names[i], values[i]);
    }
    return Verdict.CONTINUE;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
