package dev.lintel.corpus.cases;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What the backend must have seen of a case; null where that is left open.
public record Expected(
    boolean isStated,
    @Nullable Integer count,
    @Nullable String target,
    @Nullable String host,
    Map<String, String> present,
    List<String> absent,
    @Nullable String body,
    @Nullable Integer bodyLength) {
  /// Nothing is said about it.
  public static final Expected ANYTHING =
      new Expected(false, null, null, null, Map.of(), List.of(), null, null);
}
