package dev.lintel.ingress.feature.retry;

import dev.lintel.ingress.feature.Grammar;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// The words of nginx's `proxy_next_upstream`: what a request is sent again for.
///
/// @param words each once, in their order
record Conditions(Set<String> words) {
  static final String OFF = "off";
  static final String NON_IDEMPOTENT = "non_idempotent";

  /// What every request is sent again for.
  static final List<String> USUAL = List.of("error", "timeout");

  private static final Set<String> KNOWN =
      Set.of(
          OFF,
          NON_IDEMPOTENT,
          "error",
          "timeout",
          "invalid_header",
          "http_500",
          "http_502",
          "http_503",
          "http_504",
          "http_403",
          "http_404",
          "http_429");

  /// How they are written.
  static final Grammar<Conditions> GRAMMAR =
      new Grammar<>() {
        @Override
        public Reading<Conditions> read(String text) {
          Set<String> words = new LinkedHashSet<>(List.of(text.split("\\s+")));
          return KNOWN.containsAll(words)
              ? new Reading.Value<>(new Conditions(words))
              : new Reading.Fault<>("has an unknown word", "words of proxy_next_upstream");
        }

        @Override
        public String describe() {
          return "`off`, or `error timeout`, with `non_idempotent` if wanted";
        }

        @Override
        public String show(Conditions value) {
          return String.join(" ", value.words());
        }
      };

  boolean isOff() {
    return words.contains(OFF);
  }

  boolean isNonIdempotent() {
    return words.contains(NON_IDEMPOTENT);
  }

  /// The words that ask for what is not done, in their order.
  List<String> beyondUsual() {
    return words.stream()
        .filter(word -> !USUAL.contains(word))
        .filter(word -> !word.equals(OFF) && !word.equals(NON_IDEMPOTENT))
        .toList();
  }

  /// The usual words that are left out.
  List<String> leftOut() {
    return USUAL.stream().filter(word -> !words.contains(word)).toList();
  }
}
