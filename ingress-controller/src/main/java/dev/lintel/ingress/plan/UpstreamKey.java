package dev.lintel.ingress.plan;

/// The identity of an upstream: a Service and one of its ports as the Ingress names it.
public record UpstreamKey(String namespace, String service, String port)
    implements Comparable<UpstreamKey> {
  @Override
  public int compareTo(UpstreamKey other) {
    return toString().compareTo(other.toString());
  }

  @Override
  public String toString() {
    return namespace + "/" + service + ":" + port;
  }
}
