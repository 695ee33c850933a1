package dev.lintel.ingress.plan;

import java.util.Comparator;

/// The identity of an upstream: a Service, one of its ports as the Ingress names it, and what is
/// spoken to it.
public record UpstreamKey(String namespace, String service, String port, UpstreamProtocol protocol)
    implements Comparable<UpstreamKey> {
  private static final Comparator<UpstreamKey> ORDER =
      Comparator.comparing(UpstreamKey::namespace)
          .thenComparing(UpstreamKey::service)
          .thenComparing(UpstreamKey::port)
          .thenComparing(UpstreamKey::protocol);

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
    String text = namespace + "/" + service + ":" + port;
    return protocol == UpstreamProtocol.HTTP_1 ? text : text + " (" + protocol + ")";
  }
}
