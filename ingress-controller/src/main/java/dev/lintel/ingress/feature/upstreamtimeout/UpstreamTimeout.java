package dev.lintel.ingress.feature.upstreamtimeout;

import dev.lintel.ingress.feature.AnnotationReader;
import dev.lintel.ingress.feature.Feature;
import dev.lintel.ingress.feature.RouteAssembly;
import dev.lintel.ingress.feature.Setting;
import dev.lintel.proxy.route.RouteSettings;
import java.util.List;
import java.util.Optional;

/// Other time limits towards the upstream than those of a route for which nothing is said.
public final class UpstreamTimeout implements Feature<UpstreamTimeoutSettings> {
  private static final int MILLIS = 1_000;
  private static final int LONGEST = Integer.MAX_VALUE / MILLIS;
  private static final UpstreamTimeoutSettings USUAL =
      new UpstreamTimeoutSettings(
          RouteSettings.DEFAULT.connectTimeoutMillis() / MILLIS,
          RouteSettings.DEFAULT.sendTimeoutMillis() / MILLIS,
          RouteSettings.DEFAULT.readTimeoutMillis() / MILLIS);

  private static final Setting<Integer> PROXY_CONNECT_TIMEOUT =
      Setting.seconds("proxy-connect-timeout", 1, LONGEST)
          .alsoInConfigMap()
          .defaultsTo(USUAL.connect())
          .text("Seconds in which a connection to the upstream must be there, or else 504.");

  private static final Setting<Integer> PROXY_SEND_TIMEOUT =
      Setting.seconds("proxy-send-timeout", 1, LONGEST)
          .alsoInConfigMap()
          .defaultsTo(USUAL.send())
          .text("Seconds for which the upstream may take no bytes of a request, or else 504.");

  private static final Setting<Integer> PROXY_READ_TIMEOUT =
      Setting.seconds("proxy-read-timeout", 1, LONGEST)
          .alsoInConfigMap()
          .defaultsTo(USUAL.read())
          .text(
              "Seconds for which the upstream may be silent, or else 504; of a WebSocket, for which"
                  + " nothing may pass either way.");

  @Override
  public String id() {
    return "upstream-timeout";
  }

  @Override
  public List<Setting<?>> settings() {
    return List.of(PROXY_CONNECT_TIMEOUT, PROXY_SEND_TIMEOUT, PROXY_READ_TIMEOUT);
  }

  @Override
  public Optional<UpstreamTimeoutSettings> read(AnnotationReader in) {
    UpstreamTimeoutSettings settings =
        new UpstreamTimeoutSettings(
            in.get(PROXY_CONNECT_TIMEOUT), in.get(PROXY_SEND_TIMEOUT), in.get(PROXY_READ_TIMEOUT));
    return Optional.of(settings).filter(read -> !read.equals(USUAL));
  }

  @Override
  public void install(UpstreamTimeoutSettings settings, RouteAssembly route) {
    route.timeouts(settings.connect() * MILLIS, settings.send() * MILLIS, settings.read() * MILLIS);
  }
}
