package dev.lintel.corpus.verdict;

import dev.lintel.corpus.client.Handshake;
import dev.lintel.corpus.fixture.Route;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Verdicts about handshakes. Those about resumed sessions, early data and client certificates are
/// known, and never given: no script can be played that leads there yet.
final class TlsWords {
  private static final String POLICY = "policy-of:";
  private static final Set<String> NOT_PLAYED =
      Set.of("full-handshake", "early-data-refused", "mtls-reject");

  private TlsWords() {}

  static @Nullable Check of(String word) {
    if (word.startsWith(POLICY)) {
      String host = word.substring(POLICY.length());
      return outcome -> each(outcome, h -> h.covers(host), "the certificate of " + host);
    }
    return switch (word) {
      case "tls-alert" -> outcome -> each(outcome, h -> h.alert() != null, "an alert");
      case "h1" ->
          outcome ->
              each(
                  outcome,
                  h -> h.certificate() != null && !Objects.equals(h.protocol(), "h2"),
                  "a handshake for HTTP/1.1");
      case "default-cert" ->
          outcome ->
              each(
                  outcome,
                  h -> h.certificate() != null && Route.HOSTS.stream().noneMatch(h::covers),
                  "the default certificate");
      default -> NOT_PLAYED.contains(word) ? _ -> word + " is not played yet" : null;
    };
  }

  private static @Nullable String each(
      Outcome outcome, Predicate<Handshake> right, String expected) {
    for (Handshake handshake : outcome.handshakes()) {
      if (!right.test(handshake)) {
        return "a hello was met with " + handshake + " rather than with " + expected;
      }
    }
    return outcome.handshakes().isEmpty() ? "no handshake" : null;
  }
}
