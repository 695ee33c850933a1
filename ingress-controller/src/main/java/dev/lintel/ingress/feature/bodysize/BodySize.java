package dev.lintel.ingress.feature.bodysize;

import dev.lintel.ingress.feature.AnnotationReader;
import dev.lintel.ingress.feature.Feature;
import dev.lintel.ingress.feature.RouteAssembly;
import dev.lintel.ingress.feature.Setting;
import dev.lintel.proxy.route.RouteSettings;
import java.util.List;
import java.util.Optional;

/// Another limit for request bodies than that of a route for which nothing is said.
public final class BodySize implements Feature<BodySizeSettings> {
  private static final long USUAL = RouteSettings.DEFAULT.maxBodyBytes();

  private static final Setting<Long> PROXY_BODY_SIZE =
      Setting.size("proxy-body-size")
          .alsoInConfigMap()
          .defaultsTo(USUAL)
          .risk(Setting.Risk.MEDIUM)
          .text("The longest request body; longer ones get 413. 0 is no limit.");

  @Override
  public String id() {
    return "body-size";
  }

  @Override
  public List<Setting<?>> settings() {
    return List.of(PROXY_BODY_SIZE);
  }

  @Override
  public Optional<BodySizeSettings> read(AnnotationReader in) {
    long most = in.get(PROXY_BODY_SIZE);
    return most == USUAL ? Optional.empty() : Optional.of(new BodySizeSettings(most));
  }

  @Override
  public void install(BodySizeSettings settings, RouteAssembly route) {
    route.maxBodyBytes(settings.mostBytes());
  }
}
