package dev.lintel.ingress.snapshot;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// A Service: its kind, addresses and ports.
///
/// @param clusterIp the cluster IP, `None` for a headless Service, empty where there is none
/// @param externalName the name an ExternalName Service points to, or null
/// @param publishedAddresses what `--publish-service` may publish: load balancer addresses (IPs or
///   host names) and external IPs, in the order of the object
/// @param isByClientAddress whether `spec.sessionAffinity` is `ClientIP`: requests of one client
///   belong to one endpoint
public record ServiceView(
    ObjectKey key,
    Type type,
    String clusterIp,
    @Nullable String externalName,
    List<PortView> ports,
    List<String> publishedAddresses,
    boolean isByClientAddress)
    implements ObjectView {
  @Override
  public ObjectKind kind() {
    return ObjectKind.SERVICE;
  }

  /// `spec.type`.
  public enum Type {
    CLUSTER_IP,
    NODE_PORT,
    LOAD_BALANCER,
    EXTERNAL_NAME
  }

  /// One Service port. `targetPort` is the text of the number or name (the port number where none
  /// was given).
  public record PortView(
      @Nullable String name,
      int port,
      String targetPort,
      String protocol,
      @Nullable String appProtocol) {}

  /// Whether this Service has no cluster IP of its own.
  public boolean isHeadless() {
    return clusterIp.equals("None");
  }
}
