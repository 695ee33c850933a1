package dev.lintel.ingress.plan;

/// The identity of an upstream: a Service and one of its ports as the Ingress names it.
public record UpstreamKey(String namespace, String service, String port)
    implements Comparable<UpstreamKey> {
  @Override
  public int compareTo(UpstreamKey other) {
    int byNamespace = namespace.compareTo(other.namespace);
    int byService = byNamespace != 0 ? byNamespace : service.compareTo(other.service);
    return byService != 0 ? byService : port.compareTo(other.port);
  }

  @Override
  public String toString() {
    return namespace + "/" + service + ":" + port;
  }
}
