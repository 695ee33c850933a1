package dev.lintel.ingress.feature.requestbuffer;

import dev.lintel.ingress.feature.AnnotationReader;
import dev.lintel.ingress.feature.Feature;
import dev.lintel.ingress.feature.RouteAssembly;
import dev.lintel.ingress.feature.Setting;
import dev.lintel.ingress.feature.Switch;
import java.util.List;
import java.util.Optional;

/// Reads the bodies of requests whole before their upstreams are asked, so that a slow client costs
/// an upstream nothing, each body has a length, and a request can be sent again. Only where that is
/// asked for: streaming is the rule.
public final class RequestBuffer implements Feature<RequestBufferSettings> {
  private static final long USUAL_MEMORY = 8 * 1024;
  private static final long MOST_MEMORY = 1024 * 1024;

  static final Setting<Switch> BUFFERING =
      Setting.oneOf("proxy-request-buffering", Switch.class)
          .alsoInConfigMap()
          .defaultsTo(Switch.OFF)
          .text(
              "`on` reads the whole body of a request before its upstream is asked. Otherwise no"
                  + " more than 16 KiB are waited for. Calls of gRPC and WebSockets are never kept.");
  static final Setting<Long> MEMORY =
      Setting.size("client-body-buffer-size")
          .alsoInConfigMap()
          .defaultsTo(USUAL_MEMORY)
          .text(
              "What `proxy-request-buffering` keeps of a body in memory: 16 KiB at least, 1 MiB at"
                  + " most. A longer one goes into a temporary file.");

  @Override
  public String id() {
    return "request-buffer";
  }

  @Override
  public List<Setting<?>> settings() {
    return List.of(BUFFERING, MEMORY);
  }

  @Override
  public Optional<RequestBufferSettings> read(AnnotationReader in) {
    return in.get(BUFFERING) == Switch.OFF
        ? Optional.empty()
        : Optional.of(new RequestBufferSettings((int) Math.min(MOST_MEMORY, in.get(MEMORY))));
  }

  @Override
  public void install(RequestBufferSettings settings, RouteAssembly route) {
    route.readRequestsWhole(settings.memoryBytes());
  }
}
