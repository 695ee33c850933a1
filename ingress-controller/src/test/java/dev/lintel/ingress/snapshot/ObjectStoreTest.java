package dev.lintel.ingress.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lintel.ingress.problem.Problem;
import dev.lintel.ingress.problem.Problem.Severity;
import dev.lintel.ingress.problem.Problem.Source;
import dev.lintel.ingress.snapshot.EndpointSliceView.EndpointView;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ObjectStoreTest {
  private final AtomicInteger told = new AtomicInteger();
  private final ObjectStore store = new ObjectStore(told::incrementAndGet);

  @Test
  void nothingIsToldBeforeTheFirstFullState() {
    put(service("shop", 80));

    assertThat(told).hasValue(0);
    assertThat(store.take()).isNull();

    store.synced();
    store.synced();

    assertThat(told).hasValue(1);
    StoreUpdate update = store.take();
    assertThat(update.recompile()).isTrue();
    assertThat(update.snapshot().services()).containsOnlyKeys(key("shop"));
    assertThat(store.take()).isNull();
  }

  @Test
  void anEmptyFirstStateIsAStateToo() {
    store.synced();

    assertThat(store.take().snapshot().ingresses()).isEmpty();
  }

  @Test
  void whatEqualsTheObjectThereStops() {
    put(service("shop", 80));
    settle();

    put(service("shop", 80));
    remove(ObjectKind.SERVICE, "other");

    assertThat(told).hasValue(0);
    assertThat(store.take()).isNull();
  }

  @Test
  void aChangedObjectWantsARecompile() {
    put(service("shop", 80));
    settle();

    put(service("shop", 81));

    assertThat(told).hasValue(1);
    StoreUpdate update = store.take();
    assertThat(update.recompile()).isTrue();
    assertThat(update.endpoints()).isEmpty();
    assertThat(update.snapshot().services().get(key("shop")).ports().getFirst().port())
        .isEqualTo(81);
  }

  @Test
  void aChangedSliceOnlyNamesItsService() {
    put(slice("shop-1", "shop", "10.0.0.1"));
    settle();

    put(slice("shop-2", "shop", "10.0.0.2"));

    StoreUpdate update = store.take();
    assertThat(update.recompile()).isFalse();
    assertThat(update.endpoints()).containsExactly(key("shop"));
    assertThat(update.snapshot().slices().get(key("shop")))
        .extracting(EndpointSliceView::key)
        .containsExactly(key("shop-1"), key("shop-2"));
  }

  @Test
  void aSliceThatMovesToAnotherServiceChangesBoth() {
    put(slice("one", "shop", "10.0.0.1"));
    settle();

    put(slice("one", "cart", "10.0.0.1"));

    StoreUpdate update = store.take();
    assertThat(update.endpoints()).containsExactlyInAnyOrder(key("shop"), key("cart"));
    assertThat(update.snapshot().slices()).containsOnlyKeys(key("cart"));
  }

  @Test
  void theLastSliceOfAServiceLeavesNoList() {
    put(slice("one", "shop", "10.0.0.1"));
    settle();

    remove(ObjectKind.ENDPOINT_SLICE, "one");

    StoreUpdate update = store.take();
    assertThat(update.endpoints()).containsExactly(key("shop"));
    assertThat(update.snapshot().slices()).isEmpty();
  }

  @Test
  void aSnapshotSharesWhatHasNotChangedAndNeverChangesItself() {
    put(service("shop", 80));
    put(new ConfigMapView(key("settings"), Map.of("a", "1")));
    KubernetesSnapshot before = store.snapshot();

    put(service("cart", 80));

    KubernetesSnapshot after = store.snapshot();
    assertThat(before.services()).containsOnlyKeys(key("shop"));
    assertThat(after.services()).containsOnlyKeys(key("cart"), key("shop"));
    assertThat(after.configMaps()).isSameAs(before.configMaps());
  }

  @Test
  void severalChangesAreSeenTogether() {
    settle();

    store.change(
        edit -> {
          edit.put(service("a", 1));
          edit.put(service("b", 2));
        });

    assertThat(told).hasValue(1);
    assertThat(store.take().snapshot().services()).hasSize(2);
  }

  @Test
  void aSecretThatBreaksKeepsItsLastGoodPairUntilItIsDeleted() throws Exception {
    Pems pems = Pems.fresh();
    SecretView good = secret(pems.certificate(), pems.key());
    put(good);
    settle();

    put(secret(pems.certificate(), "nonsense"));

    SecretView broken = store.take().snapshot().secrets().get(key("tls"));
    assertThat(broken.tls()).isEqualTo(pems.material());
    assertThat(broken.tlsFault()).isNotEmpty();

    Pems renewed = Pems.fresh();
    put(secret(renewed.certificate(), renewed.key()));
    SecretView healed = store.take().snapshot().secrets().get(key("tls"));
    assertThat(healed.tls()).isEqualTo(renewed.material());
    assertThat(healed.tlsFault()).isNull();

    remove(ObjectKind.SECRET, "tls");
    put(secret("nonsense", renewed.key()));
    assertThat(store.take().snapshot().secrets().get(key("tls")).tls()).isNull();
  }

  @Test
  void aSecretNeverPrintsItsBytes() throws Exception {
    Pems pems = Pems.fresh();
    SecretView secret = secret(pems.certificate(), pems.key());

    assertThat(secret.data()).containsOnlyKeys("auth");
    assertThat(secret.toString()).doesNotContain("hunter2").contains("<7 bytes>");
    assertThat(secret.toString()).doesNotContain(pems.key().substring(40, 60));
  }

  @Test
  void problemsOfTheSourceAreToldWithoutARecompile() {
    settle();
    Problem problem =
        new Problem.InvalidValue(
            new Source("file", "a.yaml:1"), "document", "x", "y", "z", Severity.ERROR);

    store.change(edit -> edit.problems(List.of(problem)));
    store.change(edit -> edit.problems(List.of(problem)));

    assertThat(told).hasValue(1);
    StoreUpdate update = store.take();
    assertThat(update.recompile()).isFalse();
    assertThat(update.problems()).containsExactly(problem);
  }

  private void put(ObjectView object) {
    store.change(edit -> edit.put(object));
  }

  private void remove(ObjectKind kind, String name) {
    store.change(edit -> edit.remove(kind, key(name)));
  }

  private void settle() {
    store.synced();
    store.take();
    told.set(0);
  }

  private static ObjectKey key(String name) {
    return new ObjectKey("default", name);
  }

  private static ServiceView service(String name, int port) {
    return new ServiceView(
        key(name),
        ServiceView.Type.CLUSTER_IP,
        "10.96.0.7",
        null,
        List.of(new ServiceView.PortView("http", port, "http", "TCP", null)),
        List.of(),
        false);
  }

  private static EndpointSliceView slice(String name, String service, String address) {
    return new EndpointSliceView(
        key(name),
        key(service),
        "IPv4",
        List.of(new EndpointSliceView.PortView("http", 8080, "TCP")),
        List.of(new EndpointView(List.of(address), true, true, false, null, List.of())));
  }

  private static SecretView secret(String certificate, String key) throws InvalidObject {
    return (SecretView)
        ObjectReader.read(
            ObjectKind.SECRET,
            Map.of(
                "metadata", Map.of("name", "tls"),
                "type", "kubernetes.io/tls",
                "stringData", Map.of("tls.crt", certificate, "tls.key", key, "auth", "hunter2")));
  }
}
