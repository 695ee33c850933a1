package dev.lintel.ingress.compile;

import dev.lintel.ingress.snapshot.ConfigMapView;
import dev.lintel.ingress.snapshot.IngressClassView;
import dev.lintel.ingress.snapshot.IngressView;
import dev.lintel.ingress.snapshot.NamespaceView;
import dev.lintel.ingress.snapshot.ObjectKey;
import dev.lintel.ingress.snapshot.ObjectStore;
import dev.lintel.ingress.snapshot.ObjectView;
import dev.lintel.ingress.snapshot.SecretView;
import dev.lintel.ingress.snapshot.ServiceView;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

/// Edits of objects that hosts share, one after the other: whatever a plan may depend on comes,
/// changes, breaks and goes.
final class RandomEdits {
  private static final String USERS =
      """
      apiVersion: v1
      kind: Secret
      metadata: {name: users, namespace: %s}
      stringData: {auth: "joe:{SHA}2PRZAyDhNDqRW2OUFwZQqPNdaSY="}
      """;

  private static final List<Map<String, String>> SETTINGS =
      List.of(
          Map.of(),
          Map.of("ssl-redirect", "false"),
          Map.of("allow-cross-namespace-resources", "true"),
          Map.of("global-auth-url", "http://auth"),
          Map.of("proxy-ssl-location-only", "true"),
          Map.of("upstream-keepalive-connections", "0"),
          Map.of("block-cidrs", "10.0.0.0/8", "custom-http-errors", "404"),
          Map.of("block-user-agents", "~(", "service-upstream", "true"),
          Map.of("global-auth-url", "http://web.other.svc", "no-auth-locations", "/a"),
          Map.of("limit-req-status-code", "many", "no-such-key", "1"));

  private static final List<Map<String, String>> PORTS =
      List.of(
          Map.of(),
          Map.of("9000", "default/web:80"),
          Map.of("9000", "default/web:80:PROXY", "9001", "other/web:80::PROXY"),
          Map.of("9000", "default/nobody:80", "many", "default/web:80"));

  private final Random random;
  private final ObjectStore store;
  private final RandomIngresses ingresses;
  private final List<ObjectView> others;
  private final List<SecretView> secrets = new ArrayList<>();

  RandomEdits(Random random, ObjectStore store) {
    this.random = random;
    this.store = store;
    this.ingresses = new RandomIngresses(random);
    others = new ArrayList<>(CompileCase.cluster());
    others.addAll(CompileCase.objects(USERS.formatted("default")));
    others.addAll(CompileCase.objects(USERS.formatted("other")));
    for (ObjectView each : others) {
      if (each instanceof SecretView secret) {
        secrets.add(secret);
      }
    }
    store.change(edit -> others.forEach(edit::put));
  }

  /// Makes one edit.
  void make() {
    int what = random.nextInt(20);
    if (what < 10) {
      put(ingresses.ingress(random.nextInt(8)));
    } else if (what < 13) {
      removeIngress();
    } else if (what < 14) {
      put(new ConfigMapView(new ObjectKey("default", "lintel"), pick(SETTINGS)));
    } else if (what < 15) {
      put(new ConfigMapView(new ObjectKey("default", "tcp"), pick(PORTS)));
    } else {
      ObjectView object = pick(others);
      switch (random.nextInt(3)) {
        case 0 -> store.change(edit -> edit.remove(object.kind(), object.key()));
        case 1 -> put(object);
        default -> put(changed(object));
      }
    }
  }

  private void removeIngress() {
    List<IngressView> all = List.copyOf(store.snapshot().ingresses().values());
    if (!all.isEmpty()) {
      IngressView gone = pick(all);
      store.change(edit -> edit.remove(gone.kind(), gone.key()));
    }
  }

  private ObjectView changed(ObjectView object) {
    return switch (object) {
      case ServiceView service ->
          new ServiceView(
              service.key(),
              random.nextBoolean() ? ServiceView.Type.EXTERNAL_NAME : service.type(),
              "None",
              pick(List.of("outside.example.org", "localhost")),
              random.nextBoolean() ? List.of() : service.ports(),
              List.of(),
              random.nextBoolean());
      case SecretView secret -> {
        SecretView other = pick(secrets);
        yield random.nextBoolean()
            ? new SecretView(secret.key(), secret.type(), other.data(), other.tls(), null)
            : new SecretView(secret.key(), secret.type(), Map.of(), null, "it is broken");
      }
      case NamespaceView namespace ->
          new NamespaceView(namespace.name(), Map.of("team", pick(List.of("shop", "other"))));
      case IngressClassView clazz ->
          new IngressClassView(clazz.name(), pick(List.of("somebody/else", clazz.controller())));
      default -> object;
    };
  }

  private void put(ObjectView object) {
    store.change(edit -> edit.put(object));
  }

  private <T> T pick(List<? extends T> list) {
    return list.get(random.nextInt(list.size()));
  }
}
