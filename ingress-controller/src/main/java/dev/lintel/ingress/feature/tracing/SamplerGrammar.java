package dev.lintel.ingress.feature.tracing;

import dev.lintel.ingress.feature.Grammar;
import dev.lintel.ingress.feature.tracing.Tracing.Choice;
import java.util.Locale;

/// OpenTelemetry's names of samplers.
final class SamplerGrammar implements Grammar<Choice> {
  private static final String NAMES = "AlwaysOn, AlwaysOff or TraceIdRatioBased";

  @Override
  public Reading<Choice> read(String text) {
    return switch (text.toLowerCase(Locale.ROOT)) {
      case "alwayson" -> new Reading.Value<>(Choice.ALWAYSON);
      case "alwaysoff" -> new Reading.Value<>(Choice.ALWAYSOFF);
      case "traceidratiobased" -> new Reading.Value<>(Choice.TRACEIDRATIOBASED);
      default -> new Reading.Fault<>("is no sampler", NAMES);
    };
  }

  @Override
  public String describe() {
    return "`AlwaysOn`, `AlwaysOff` or `TraceIdRatioBased`";
  }

  @Override
  public String show(Choice value) {
    return switch (value) {
      case ALWAYSON -> "AlwaysOn";
      case ALWAYSOFF -> "AlwaysOff";
      case TRACEIDRATIOBASED -> "TraceIdRatioBased";
    };
  }
}
