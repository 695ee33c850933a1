package dev.lintel.ingress.status;

import dev.lintel.ingress.snapshot.EndpointSliceView;
import dev.lintel.ingress.snapshot.EndpointSliceView.EndpointView;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The replicas of Lintel, as the EndpointSlices of the Service that it publishes show them.
public final class Replicas {
  private Replicas() {}

  /// Whether nobody would serve after the replica with these addresses: all other endpoints are
  /// gone or going. Without slices nothing is known, and the answer is no.
  public static boolean isLast(
      @Nullable List<EndpointSliceView> slices, Collection<String> ownAddresses) {
    if (slices == null || slices.isEmpty()) {
      return false;
    }
    for (EndpointSliceView slice : slices) {
      for (EndpointView endpoint : slice.endpoints()) {
        boolean isOther = endpoint.addresses().stream().noneMatch(ownAddresses::contains);
        if (isOther && !endpoint.terminating()) {
          return false;
        }
      }
    }
    return true;
  }
}
