package dev.lintel.ingress.feature.accesslog;

import dev.lintel.ingress.feature.AnnotationReader;
import dev.lintel.ingress.feature.Feature;
import dev.lintel.ingress.feature.RouteAssembly;
import dev.lintel.ingress.feature.Setting;
import java.util.List;
import java.util.Optional;

/// Leaves the requests of a route out of the access log; they are counted all the same. Of routes
/// that belong to no Ingress the compiler says when they are logged: of itself they are not.
public final class AccessLogSwitch implements Feature<AccessLogSettings> {
  private static final Setting<Boolean> ENABLE_ACCESS_LOG =
      Setting.bool("enable-access-log")
          .defaultsTo(true)
          .text("`false` leaves the requests out of the access log; metrics still count them.");

  /// Names it in a plan.
  public static final String ID = "access-log";

  @Override
  public String id() {
    return ID;
  }

  @Override
  public List<Setting<?>> settings() {
    return List.of(ENABLE_ACCESS_LOG);
  }

  @Override
  public Optional<AccessLogSettings> read(AnnotationReader in) {
    return in.get(ENABLE_ACCESS_LOG) ? Optional.empty() : Optional.of(new AccessLogSettings(false));
  }

  @Override
  public void install(AccessLogSettings settings, RouteAssembly route) {
    route.accessLog(settings.enabled());
  }
}
