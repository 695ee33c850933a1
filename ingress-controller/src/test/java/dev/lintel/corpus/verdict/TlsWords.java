package dev.lintel.corpus.verdict;

import dev.lintel.corpus.client.Handshake;
import dev.lintel.corpus.client.Handshake.EarlyData;
import dev.lintel.corpus.fixture.Route;
import java.util.Objects;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Verdicts about handshakes.
final class TlsWords {
  private static final String POLICY = "policy-of:";

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
      case "full-handshake" -> outcome -> each(outcome, h -> !h.resumed(), "a full handshake");
      case "mtls-reject" -> TlsWords::refusedCertificate;
      case "early-data-refused" -> TlsWords::refusedEarlyData;
      default -> null;
    };
  }

  /// Early data was passed over, and never promised to be taken: the request was served when it was
  /// sent again, and only then.
  private static @Nullable String refusedEarlyData(Outcome outcome) {
    String fault = each(outcome, h -> h.earlyData() == EarlyData.REFUSED, "early data passed over");
    if (fault != null) {
      return fault;
    }
    int seen = outcome.seen().size();
    if (seen != 1 || outcome.status() == 0) {
      return "the request was seen "
          + seen
          + " times and answered "
          + outcome.finals().size()
          + " times";
    }
    return null;
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
