package dev.lintel.ingress.plan;

import java.util.Comparator;

/// The identity of an upstream: a Service, one of its ports as the Ingress names it, and what is
/// spoken to it.
///
/// @param byClusterIp whether the Service itself spreads the connections (`service-upstream`)
public record UpstreamKey(
    String namespace, String service, String port, UpstreamProtocol protocol, boolean byClusterIp)
    implements Comparable<UpstreamKey> {
  private static final Comparator<UpstreamKey> ORDER =
      Comparator.comparing(UpstreamKey::namespace)
          .thenComparing(UpstreamKey::service)
          .thenComparing(UpstreamKey::port)
          .thenComparing(UpstreamKey::protocol)
          .thenComparing(UpstreamKey::byClusterIp);

  /// An upstream that sends to the endpoints of its Service.
  public UpstreamKey(String namespace, String service, String port, UpstreamProtocol protocol) {
    this(namespace, service, port, protocol, false);
  }

  /// An upstream that speaks HTTP/1.1.
  public UpstreamKey(String namespace, String service, String port) {
    this(namespace, service, port, UpstreamProtocol.HTTP_1);
  }

  @Override
  public int compareTo(UpstreamKey other) {
    return ORDER.compare(this, other);
  }

  @Override
  public String toString() {
    String text = namespace + "/" + service + ":" + port + (byClusterIp ? " (cluster IP)" : "");
    return protocol == UpstreamProtocol.HTTP_1 ? text : text + " (" + protocol + ")";
  }
}
