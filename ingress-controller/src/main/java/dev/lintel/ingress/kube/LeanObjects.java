package dev.lintel.ingress.kube;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import tools.jackson.databind.json.JsonMapper;

/// Reads objects without the parts of `metadata` that nobody here asks for. Who has managed which
/// field is often the greater half of an object, and would be made into maps of maps only to be
/// thrown away.
final class LeanObjects {
  private LeanObjects() {}

  @JsonIgnoreProperties({"managedFields", "ownerReferences"})
  private abstract static class Metadata {}

  /// For reading only: what is written with it would lack those parts.
  static KubernetesSerialization serialization() {
    return new KubernetesSerialization(
        JsonMapper.builder().addMixIn(ObjectMeta.class, Metadata.class).build(), true);
  }
}
