package dev.lintel.ingress.feature.limitrate;

import dev.lintel.ingress.feature.AnnotationReader;
import dev.lintel.ingress.feature.Feature;
import dev.lintel.ingress.feature.RouteAssembly;
import dev.lintel.ingress.feature.Setting;
import java.util.List;
import java.util.Optional;

/// Limits the bandwidth of each response. It counts bodies of responses, whatever protocol carries
/// them; WebSockets and answers of Lintel's own go as fast as they can.
public final class LimitRate implements Feature<LimitRateSettings> {
  private static final long KILOBYTE = 1024;

  static final Setting<Integer> RATE =
      Setting.wholeNumber("limit-rate", 0, Integer.MAX_VALUE)
          .alsoInConfigMap()
          .defaultsTo(0)
          .text("Kilobytes of a response that its client gets in a second; 0 is no limit.");
  static final Setting<Integer> AFTER =
      Setting.wholeNumber("limit-rate-after", 0, Integer.MAX_VALUE)
          .alsoInConfigMap()
          .defaultsTo(0)
          .text("Kilobytes of a response that go at full speed before `limit-rate` holds.");

  @Override
  public String id() {
    return "limit-rate";
  }

  @Override
  public List<Setting<?>> settings() {
    return List.of(RATE, AFTER);
  }

  @Override
  public Optional<LimitRateSettings> read(AnnotationReader in) {
    int rate = in.get(RATE);
    return rate == 0 ? Optional.empty() : Optional.of(new LimitRateSettings(rate, in.get(AFTER)));
  }

  @Override
  public void install(LimitRateSettings settings, RouteAssembly route) {
    route.rate(settings.kilobytes() * KILOBYTE, settings.after() * KILOBYTE);
  }
}
