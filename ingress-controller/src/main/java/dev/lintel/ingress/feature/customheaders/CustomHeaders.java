package dev.lintel.ingress.feature.customheaders;

import dev.lintel.ingress.feature.AnnotationReader;
import dev.lintel.ingress.feature.Feature;
import dev.lintel.ingress.feature.HeaderFields;
import dev.lintel.ingress.feature.Reference;
import dev.lintel.ingress.feature.RouteAssembly;
import dev.lintel.ingress.feature.Setting;
import dev.lintel.proxy.message.HeaderName;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeSet;

/// Sets header fields of the answers of a route, after those of the whole controller. Values are
/// sent as they stand, dollar signs included. As in ingress-nginx, a field that may not be set
/// closes the route: it may be one that a page must not go without.
public final class CustomHeaders implements Feature<CustomHeadersSettings> {
  static final Setting<Reference> FIELDS =
      Setting.reference("custom-headers", "ConfigMap")
          .guard()
          .risk(Setting.Risk.MEDIUM)
          .text(
              "A ConfigMap of header fields that the answers carry, in place of the upstream's; each"
                  + " name must stand in `global-allowed-response-headers`.");
  static final Setting<List<String>> ALLOWED =
      Setting.headerNames("global-allowed-response-headers")
          .onlyInConfigMap()
          .defaultsTo(List.of())
          .text("Names of the header fields that `custom-headers` may set.");

  @Override
  public String id() {
    return "custom-headers";
  }

  @Override
  public List<Setting<?>> settings() {
    return List.of(FIELDS, ALLOWED);
  }

  @Override
  public Optional<CustomHeadersSettings> read(AnnotationReader in) {
    if (!in.isSet(FIELDS)) {
      return Optional.empty();
    }
    Set<String> allowed = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
    allowed.addAll(in.get(ALLOWED));
    SortedMap<String, String> set = HeaderFields.readOrDeny(in, FIELDS, allowed::contains);
    return set.isEmpty() ? Optional.empty() : Optional.of(new CustomHeadersSettings(set));
  }

  @Override
  public void install(CustomHeadersSettings settings, RouteAssembly route) {
    settings
        .set()
        .forEach(
            (name, value) -> {
              HeaderName field = HeaderName.of(name);
              byte[] bytes = value.getBytes(StandardCharsets.US_ASCII);
              route.response((exchange, head) -> head.set(field, bytes));
            });
  }
}
