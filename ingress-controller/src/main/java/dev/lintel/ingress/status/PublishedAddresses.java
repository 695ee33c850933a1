package dev.lintel.ingress.status;

import dev.lintel.ingress.snapshot.ServiceView;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The addresses that stand in the status of Ingresses: IPs or host names, sorted, none twice.
public final class PublishedAddresses {
  private PublishedAddresses() {}

  /// Those given by `--publish-status-address`.
  public static List<String> of(List<String> given) {
    return given.stream()
        .map(String::strip)
        .filter(address -> !address.isEmpty())
        .distinct()
        .sorted()
        .toList();
  }

  /// Those under which the Service of `--publish-service` can be reached; none where there is no
  /// such Service or it has no address yet.
  public static List<String> of(@Nullable ServiceView service) {
    if (service == null) {
      return List.of();
    }
    return switch (service.type()) {
      case EXTERNAL_NAME ->
          service.externalName() == null ? List.of() : List.of(service.externalName());
      case CLUSTER_IP -> clusterIp(service);
      case NODE_PORT ->
          service.publishedAddresses().isEmpty()
              ? clusterIp(service)
              : of(service.publishedAddresses());
      case LOAD_BALANCER -> of(service.publishedAddresses());
    };
  }

  private static List<String> clusterIp(ServiceView service) {
    return service.isHeadless() ? List.of() : of(List.of(service.clusterIp()));
  }
}
