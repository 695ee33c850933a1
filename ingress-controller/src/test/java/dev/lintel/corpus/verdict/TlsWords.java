package dev.lintel.corpus.verdict;

import dev.lintel.corpus.client.Handshake;
import dev.lintel.corpus.fixture.Route;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Verdicts about handshakes. That about early data is known, and never given: no script can be
/// played that leads there yet.
final class TlsWords {
  private static final String POLICY = "policy-of:";
  private static final Set<String> NOT_PLAYED = Set.of("early-data-refused");

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
      case "full-handshake" -> TlsWords::fullHandshake;
      case "mtls-reject" -> TlsWords::refusedCertificate;
      default -> NOT_PLAYED.contains(word) ? _ -> word + " is not played yet" : null;
    };
  }

  /// The last handshake is a full one, though the one before it was not: the session was good.
  private static @Nullable String fullHandshake(Outcome outcome) {
    List<Handshake> all = outcome.handshakes();
    if (all.size() < 2 || !all.get(all.size() - 2).resumed()) {
      return "no session that could be resumed";
    }
    return all.getLast().resumed() ? "the session was resumed" : null;
  }

  private static @Nullable String refusedCertificate(Outcome outcome) {
    if (outcome.handshakes().isEmpty()) {
      return "no handshake";
    }
    if (outcome.status() != 400) {
      return "answered by " + outcome.status() + " rather than by 400";
    }
    return outcome.seen().isEmpty() ? null : "the request reached a backend";
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
