package dev.lintel.ingress.kube;

import dev.lintel.ingress.snapshot.InvalidObject;
import dev.lintel.ingress.snapshot.ObjectKey;
import dev.lintel.ingress.snapshot.ObjectKind;
import dev.lintel.ingress.snapshot.ObjectMetadata;
import dev.lintel.ingress.snapshot.ObjectReader;
import dev.lintel.ingress.snapshot.ObjectView;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.Status;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.FilterWatchListDeletable;
import io.fabric8.kubernetes.client.dsl.Informable;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The watch of one kind in one namespace or all of them. It never gives up; its events arrive one
/// after the other, on the client's threads.
final class ObjectWatch implements ResourceEventHandler<GenericKubernetesResource>, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ObjectWatch.class);
  private static final long PAGE = 500;
  private static final int FORBIDDEN = 403;
  private static final long SILENCE_NANOS = TimeUnit.SECONDS.toNanos(60);

  private final ObjectKind kind;
  private final boolean canDoWithout;
  private final Sink sink;
  private final SharedIndexInformer<GenericKubernetesResource> informer;
  private long complainedNanos = System.nanoTime() - SILENCE_NANOS;

  /// Where the objects go.
  interface Sink {
    /// There is such an object, new or changed. `tree` is the object without its metadata.
    void put(ObjectView view, Map<String, Object> tree);

    void remove(ObjectKind kind, ObjectKey key);

    /// All objects that exist have been put. Comes again after each new list.
    void complete(ObjectWatch watch);
  }

  /// @param namespace empty: all
  /// @param labels a label selector, empty: all
  ObjectWatch(
      KubernetesClient client,
      ObjectKind kind,
      String namespace,
      String labels,
      boolean canDoWithout,
      Sink sink) {
    this.kind = kind;
    this.canDoWithout = canDoWithout;
    this.sink = sink;
    this.informer =
        objects(client, kind, namespace, labels)
            .withLimit(PAGE)
            .runnableInformer(0)
            .removeNamespaceIndex()
            .itemStore(new StubStore())
            .exceptionHandler(this::goesOnAfter)
            .addEventHandler(this);
  }

  /// Begins; does not wait for anything.
  void start() {
    informer.start();
  }

  /// Whether a watch is open as far as this side knows.
  boolean isWatching() {
    return informer.isWatching();
  }

  @Override
  public void close() {
    informer.stop();
  }

  @Override
  public void onAdd(GenericKubernetesResource object) {
    ObjectKey key = key(object);
    try {
      Map<String, Object> tree = object.getAdditionalProperties();
      ObjectView view = ObjectReader.read(kind, metadata(key, object.getMetadata()), tree);
      if (view == null) {
        sink.remove(kind, key);
      } else {
        sink.put(view, tree);
      }
    } catch (InvalidObject e) {
      LOG.error(
          "{} {} is not as its kind should be ({}); what was known of it stays",
          kind.kind(),
          key,
          e.getMessage());
    } catch (RuntimeException e) {
      LOG.error("{} {} could not be taken over; what was known of it stays", kind.kind(), key, e);
    }
  }

  @Override
  public void onUpdate(GenericKubernetesResource before, GenericKubernetesResource now) {
    String version = now.getMetadata().getResourceVersion();
    if (!Objects.equals(version, before.getMetadata().getResourceVersion())) {
      onAdd(now);
    }
  }

  @Override
  public void onDelete(GenericKubernetesResource object, boolean isLastStateUnknown) {
    sink.remove(kind, key(object));
  }

  @Override
  public void onList(String resourceVersion, boolean isEmpty) {
    sink.complete(this);
  }

  /// The informer asks whether to try again; anything but yes would stop it for good.
  private boolean goesOnAfter(boolean isStarted, Throwable error) {
    if (canDoWithout && isForbidden(error)) {
      complain("may not be listed: serving without them", error);
      sink.complete(this);
    } else {
      complain("cannot be watched now; trying again", error);
    }
    return true;
  }

  private synchronized void complain(String what, Throwable error) {
    long now = System.nanoTime();
    if (now - complainedNanos >= SILENCE_NANOS) {
      complainedNanos = now;
      LOG.warn("{} {} ({})", kind.plural(), what, reason(error));
    }
  }

  private static boolean isForbidden(Throwable error) {
    Status refusal = refusal(error);
    return refusal != null && Objects.equals(refusal.getCode(), FORBIDDEN);
  }

  private static String reason(Throwable error) {
    Status refusal = refusal(error);
    if (refusal != null && refusal.getMessage() != null) {
      return refusal.getMessage();
    }
    Throwable last = error;
    while (last.getCause() != null) {
      last = last.getCause();
    }
    return last.toString();
  }

  /// What the API server answered, where it did.
  private static @Nullable Status refusal(Throwable error) {
    for (Throwable cause = error; cause != null; cause = cause.getCause()) {
      if (cause instanceof KubernetesClientException refused && refused.getStatus() != null) {
        return refused.getStatus();
      }
    }
    return null;
  }

  private ObjectKey key(GenericKubernetesResource object) {
    ObjectMeta metadata = object.getMetadata();
    String namespace = kind.isNamespaced() ? metadata.getNamespace() : "";
    return new ObjectKey(namespace == null ? "" : namespace, metadata.getName());
  }

  private static ObjectMetadata metadata(ObjectKey key, ObjectMeta metadata) {
    String created = metadata.getCreationTimestamp();
    return new ObjectMetadata(
        key,
        Objects.requireNonNullElse(metadata.getUid(), ""),
        created == null ? Instant.EPOCH : Instant.parse(created),
        copy(metadata.getLabels()),
        ObjectMetadata.useful(copy(metadata.getAnnotations())));
  }

  private static Map<String, String> copy(@Nullable Map<String, String> map) {
    return map == null ? Map.of() : Map.copyOf(map);
  }

  private static Informable<GenericKubernetesResource> objects(
      KubernetesClient client, ObjectKind kind, String namespace, String labels) {
    var all = client.genericKubernetesResources(context(kind));
    FilterWatchListDeletable<GenericKubernetesResource, ?, ?> scoped;
    if (!kind.isNamespaced()) {
      scoped = all;
    } else if (namespace.isEmpty()) {
      scoped = all.inAnyNamespace();
    } else {
      scoped = all.inNamespace(namespace);
    }
    if (!labels.isEmpty()) {
      scoped = scoped.withLabelSelector(labels);
    }
    // Helm keeps its releases in Secrets: large, many, and of no use here.
    return kind == ObjectKind.SECRET ? scoped.withoutField("type", "helm.sh/release.v1") : scoped;
  }

  private static ResourceDefinitionContext context(ObjectKind kind) {
    return new ResourceDefinitionContext.Builder()
        .withGroup(kind.group())
        .withVersion(ObjectKind.VERSION)
        .withKind(kind.kind())
        .withPlural(kind.plural())
        .withNamespaced(kind.isNamespaced())
        .build();
  }
}
