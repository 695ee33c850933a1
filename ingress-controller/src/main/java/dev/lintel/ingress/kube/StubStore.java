package dev.lintel.ingress.kube;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.client.informers.cache.Cache;
import io.fabric8.kubernetes.client.informers.cache.ItemStore;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// What an informer remembers of the objects it has seen: name and version, which is what it needs
/// to tell an addition from an update and to find deletions. The objects themselves are kept as
/// views, elsewhere.
final class StubStore implements ItemStore<GenericKubernetesResource> {
  private final ConcurrentHashMap<String, GenericKubernetesResource> stubs =
      new ConcurrentHashMap<>();

  @Override
  public String getKey(GenericKubernetesResource object) {
    return Cache.metaNamespaceKeyFunc(object);
  }

  @Override
  public @Nullable GenericKubernetesResource put(String key, GenericKubernetesResource object) {
    ObjectMeta full = object.getMetadata();
    ObjectMeta metadata = new ObjectMeta();
    metadata.setNamespace(full.getNamespace());
    metadata.setName(full.getName());
    metadata.setResourceVersion(full.getResourceVersion());
    GenericKubernetesResource stub = new GenericKubernetesResource();
    stub.setApiVersion(object.getApiVersion());
    stub.setKind(object.getKind());
    stub.setMetadata(metadata);
    return stubs.put(key, stub);
  }

  @Override
  public @Nullable GenericKubernetesResource remove(String key) {
    return stubs.remove(key);
  }

  @Override
  public Stream<String> keySet() {
    return stubs.keySet().stream();
  }

  @Override
  public Stream<GenericKubernetesResource> values() {
    return stubs.values().stream();
  }

  @Override
  public int size() {
    return stubs.size();
  }

  @Override
  public @Nullable GenericKubernetesResource get(String key) {
    return stubs.get(key);
  }

  @Override
  public boolean isFullState() {
    return false;
  }
}
