package dev.lintel.ingress;

import dev.lintel.ingress.snapshot.KubernetesSnapshot;
import dev.lintel.ingress.snapshot.ObjectKey;
import org.jspecify.annotations.Nullable;

/// The objects without which a controller does not start: those its flags name.
final class RequiredObjects {
  private RequiredObjects() {}

  static void check(ControllerConfig config, KubernetesSnapshot snapshot) throws StartRefused {
    require("--default-backend-service", config.objects().defaultBackend(), snapshot);
    require("--publish-service", config.status().publishService(), snapshot);
  }

  private static void require(String flag, @Nullable ObjectKey service, KubernetesSnapshot snapshot)
      throws StartRefused {
    if (service != null && !snapshot.services().containsKey(service)) {
      throw new StartRefused(
          flag + ": there is no Service " + service + " (expected: one that exists at the start)");
    }
  }
}
