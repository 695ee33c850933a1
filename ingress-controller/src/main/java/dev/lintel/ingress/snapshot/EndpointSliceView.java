package dev.lintel.ingress.snapshot;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// An EndpointSlice (discovery.k8s.io/v1) of one Service.
///
/// @param service the Service named by the label `kubernetes.io/service-name`
/// @param addressType `IPv4`, `IPv6` or `FQDN`
public record EndpointSliceView(
    ObjectKey key,
    ObjectKey service,
    String addressType,
    List<PortView> ports,
    List<EndpointView> endpoints)
    implements ObjectView {
  @Override
  public ObjectKind kind() {
    return ObjectKind.ENDPOINT_SLICE;
  }

  /// A port of all endpoints of the slice; its name is that of the Service port (empty where
  /// unnamed).
  public record PortView(String name, int port, String protocol) {}

  /// One endpoint. A missing `ready` or `serving` counts as true, a missing `terminating` as false.
  public record EndpointView(
      List<String> addresses,
      boolean ready,
      boolean serving,
      boolean terminating,
      @Nullable String zone,
      List<String> zoneHints) {}
}
