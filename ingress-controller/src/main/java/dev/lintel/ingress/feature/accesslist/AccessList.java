package dev.lintel.ingress.feature.accesslist;

import dev.lintel.ingress.feature.AnnotationReader;
import dev.lintel.ingress.feature.Cidr;
import dev.lintel.ingress.feature.Feature;
import dev.lintel.ingress.feature.RouteAssembly;
import dev.lintel.ingress.feature.Setting;
import dev.lintel.proxy.filter.Rank;
import java.util.List;
import java.util.Optional;

/// Lets in and keeps out clients by their addresses. Each list of an Ingress stands in place of the
/// ConfigMap's list of that kind, as in ingress-nginx.
public final class AccessList implements Feature<AccessListSettings> {
  static final Setting<List<Cidr>> ALLOW =
      Setting.cidrList("allowlist-source-range")
          .aliases("whitelist-source-range")
          .configMapKey("whitelist-source-range")
          .defaultsTo(List.of())
          .guard()
          .risk(Setting.Risk.MEDIUM)
          .text("The only client addresses that are let in; others get 403.");
  static final Setting<List<Cidr>> ALLOW_GLOBALLY =
      Setting.cidrList("allowlist-source-range")
          .onlyInConfigMap()
          .defaultsTo(List.of())
          .guard()
          .risk(Setting.Risk.MEDIUM)
          .text("The same as whitelist-source-range, which counts where both are set.");
  static final Setting<List<Cidr>> DENY =
      Setting.cidrList("denylist-source-range")
          .alsoInConfigMap()
          .defaultsTo(List.of())
          .guard()
          .risk(Setting.Risk.MEDIUM)
          .text("Client addresses that get 403, also where the other list names them.");

  @Override
  public String id() {
    return "access-list";
  }

  @Override
  public List<Setting<?>> settings() {
    return List.of(ALLOW, ALLOW_GLOBALLY, DENY);
  }

  @Override
  public Optional<AccessListSettings> read(AnnotationReader in) {
    List<Cidr> own = in.get(ALLOW);
    List<Cidr> allow = own.isEmpty() ? in.get(ALLOW_GLOBALLY) : own;
    List<Cidr> deny = in.get(DENY);
    return allow.isEmpty() && deny.isEmpty()
        ? Optional.empty()
        : Optional.of(new AccessListSettings(allow, deny));
  }

  @Override
  public void install(AccessListSettings settings, RouteAssembly route) {
    route.request(Rank.ACCESS_LIST, new AddressFilter(settings));
  }
}
