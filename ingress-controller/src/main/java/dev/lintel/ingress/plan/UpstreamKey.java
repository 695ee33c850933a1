package dev.lintel.ingress.plan;

import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/// The identity of an upstream: a Service, one of its ports as the Ingress names it, what is spoken
/// to it, and how its connections are secured. Routes that differ in any of these share no
/// connection; a Secret with other contents makes another upstream, too.
///
/// @param byClusterIp whether the Service itself spreads the connections (`service-upstream`)
/// @param tls null for plain TCP
/// @param fastCgi what is said by FastCGI; null where another protocol is spoken
public record UpstreamKey(
    String namespace,
    String service,
    String port,
    UpstreamProtocol protocol,
    boolean byClusterIp,
    @Nullable UpstreamTlsPlan tls,
    @Nullable FastCgiPlan fastCgi)
    implements Comparable<UpstreamKey> {
  private static final Comparator<UpstreamKey> ORDER =
      Comparator.comparing(UpstreamKey::namespace)
          .thenComparing(UpstreamKey::service)
          .thenComparing(UpstreamKey::port)
          .thenComparing(UpstreamKey::protocol)
          .thenComparing(UpstreamKey::byClusterIp);

  /// An upstream that sends to the endpoints of its Service over plain TCP.
  public UpstreamKey(String namespace, String service, String port, UpstreamProtocol protocol) {
    this(namespace, service, port, protocol, false, null, null);
  }

  /// An upstream that speaks HTTP/1.1.
  public UpstreamKey(String namespace, String service, String port) {
    this(namespace, service, port, UpstreamProtocol.HTTP_1);
  }

  @Override
  public int compareTo(UpstreamKey other) {
    int order = ORDER.compare(this, other);
    if (order != 0) {
      return order;
    }
    if (fastCgi != null && other.fastCgi != null) {
      return fastCgi.compareTo(other.fastCgi);
    }
    if (tls == null || other.tls == null) {
      return Boolean.compare(tls != null, other.tls != null);
    }
    return tls.compareTo(other.tls);
  }

  @Override
  public String toString() {
    String text = namespace + "/" + service + ":" + port + (byClusterIp ? " (cluster IP)" : "");
    if (fastCgi != null) {
      return text + " (" + protocol + fastCgi + ")";
    }
    if (tls != null) {
      return text + " (" + protocol + " " + tls + ")";
    }
    return protocol == UpstreamProtocol.HTTP_1 ? text : text + " (" + protocol + ")";
  }
}
