package dev.lintel.ingress.feature.responsebuffer;

import dev.lintel.ingress.feature.AnnotationReader;
import dev.lintel.ingress.feature.Feature;
import dev.lintel.ingress.feature.RouteAssembly;
import dev.lintel.ingress.feature.Setting;
import dev.lintel.ingress.feature.Switch;
import java.util.List;
import java.util.Optional;

/// Reads responses on while their clients do not take them, as far as the buffers go: up to that
/// length an upstream is done with its response, however slow the client. Nothing waits for a
/// buffer to be full.
public final class ResponseBuffer implements Feature<ResponseBufferSettings> {
  private static final long USUAL_SIZE = 4 * 1024;
  private static final int USUAL_NUMBER = 4;
  private static final long MOST = 1024 * 1024;

  static final Setting<Switch> BUFFERING =
      Setting.oneOf("proxy-buffering", Switch.class)
          .alsoInConfigMap()
          .defaultsTo(Switch.OFF)
          .text(
              "`on` keeps up to `proxy-buffers-number` times `proxy-buffer-size` of a response in"
                  + " memory for a client that does not take it, 1 MiB at most, so that its upstream"
                  + " is free. An upstream's `X-Accel-Buffering: no` switches it off for one"
                  + " response.");
  static final Setting<Long> SIZE =
      Setting.size("proxy-buffer-size")
          .alsoInConfigMap()
          .defaultsTo(USUAL_SIZE)
          .text(
              "The size of one buffer for `proxy-buffering`. It is no limit for heads of responses,"
                  + " which may have 64 KiB.");
  static final Setting<Integer> NUMBER =
      Setting.wholeNumber("proxy-buffers-number", 1, Integer.MAX_VALUE)
          .alsoInConfigMap()
          .defaultsTo(USUAL_NUMBER)
          .text("The number of buffers for `proxy-buffering`.");

  @Override
  public String id() {
    return "response-buffer";
  }

  @Override
  public List<Setting<?>> settings() {
    return List.of(BUFFERING, SIZE, NUMBER);
  }

  @Override
  public Optional<ResponseBufferSettings> read(AnnotationReader in) {
    if (in.get(BUFFERING) == Switch.OFF) {
      return Optional.empty();
    }
    long all = Math.min(MOST, in.get(SIZE)) * Math.min(MOST, in.get(NUMBER));
    return Optional.of(new ResponseBufferSettings((int) Math.min(MOST, all)));
  }

  @Override
  public void install(ResponseBufferSettings settings, RouteAssembly route) {
    route.holdResponses(settings.mostBytes());
  }
}
