package dev.lintel.ingress.feature.hsts;

import dev.lintel.ingress.feature.AnnotationReader;
import dev.lintel.ingress.feature.Feature;
import dev.lintel.ingress.feature.RouteAssembly;
import dev.lintel.ingress.feature.Setting;
import dev.lintel.proxy.message.HeaderNames;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/// Tells browsers to come back by https only; on unless the ConfigMap says otherwise. Replaces what
/// the upstream says.
public final class Hsts implements Feature<HstsSettings> {
  static final Setting<Boolean> ENABLED =
      Setting.bool("hsts")
          .onlyInConfigMap()
          .defaultsTo(true)
          .text("Sends Strict-Transport-Security with every answer over TLS.");
  static final Setting<Integer> MAX_AGE =
      Setting.seconds("hsts-max-age", 0, Integer.MAX_VALUE)
          .onlyInConfigMap()
          .defaultsTo(31_536_000)
          .text("How long browsers remember it; 0 makes them forget.");
  static final Setting<Boolean> INCLUDE_SUBDOMAINS =
      Setting.bool("hsts-include-subdomains")
          .onlyInConfigMap()
          .defaultsTo(true)
          .text("Whether it counts for the hosts below as well.");
  static final Setting<Boolean> PRELOAD =
      Setting.bool("hsts-preload")
          .onlyInConfigMap()
          .defaultsTo(false)
          .text("Whether browsers may ship with it.");

  @Override
  public String id() {
    return "hsts";
  }

  @Override
  public List<Setting<?>> settings() {
    return List.of(ENABLED, MAX_AGE, INCLUDE_SUBDOMAINS, PRELOAD);
  }

  @Override
  public Optional<HstsSettings> read(AnnotationReader in) {
    if (!in.get(ENABLED)) {
      return Optional.empty();
    }
    return Optional.of(
        new HstsSettings(in.get(MAX_AGE), in.get(INCLUDE_SUBDOMAINS), in.get(PRELOAD)));
  }

  @Override
  public void install(HstsSettings settings, RouteAssembly route) {
    byte[] value = settings.value().getBytes(StandardCharsets.US_ASCII);
    route.response(
        (exchange, head) -> {
          if (exchange.isTls()) {
            head.set(HeaderNames.STRICT_TRANSPORT_SECURITY, value);
          }
        });
  }
}
