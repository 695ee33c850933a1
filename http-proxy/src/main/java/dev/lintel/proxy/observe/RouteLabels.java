package dev.lintel.proxy.observe;

/// What logs and metrics call a route. Equal labels are one series, also across configurations.
///
/// @param host the host as the Ingress has it
/// @param path the path as the Ingress has it
/// @param namespace of the Ingress
/// @param ingress its name
/// @param service the name of the Service behind
/// @param canary the alternative upstream's name, or empty
/// @param servicePort the port of the Service, a number or a name
/// @param upstreamName `namespace-service-port`, or `-` where there is none
public record RouteLabels(
    String host,
    String path,
    String namespace,
    String ingress,
    String service,
    String canary,
    String servicePort,
    String upstreamName) {
  /// Requests that matched no route.
  public static final RouteLabels NONE = new RouteLabels("", "", "", "", "", "");

  /// The labels of a route without an upstream.
  public RouteLabels(
      String host, String path, String namespace, String ingress, String service, String canary) {
    this(host, path, namespace, ingress, service, canary, "", "-");
  }

  /// The same under other names of host and path.
  RouteLabels named(String otherHost, String otherPath) {
    return new RouteLabels(
        otherHost, otherPath, namespace, ingress, service, canary, servicePort, upstreamName);
  }
}
