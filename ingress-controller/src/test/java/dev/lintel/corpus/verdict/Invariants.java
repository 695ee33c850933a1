package dev.lintel.corpus.verdict;

import dev.lintel.corpus.fixture.Fixture;
import dev.lintel.corpus.fixture.Seen;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// What holds for each request that reaches a backend, whatever the case is about.
final class Invariants {
  private static final Pattern REQUEST_ID = Pattern.compile("[!-~&&[^\"\\\\]]{1,128}");
  private static final Pattern LINE = Pattern.compile("[^\\x00-\\x08\\x0a-\\x1f\\x7f]*");

  private Invariants() {}

  static @Nullable String fault(Outcome outcome, boolean forbiddenRouteOpen) {
    for (Seen seen : outcome.seen()) {
      if (seen.route().isForbidden() && !forbiddenRouteOpen) {
        return "a request reached " + seen.route();
      }
      if (seen.route().guarded()) {
        return "a request without a password reached " + seen.route();
      }
      String fault = fault(seen);
      if (fault != null) {
        return fault;
      }
    }
    Set<Integer> connections =
        outcome.seen().stream()
            .filter(s -> s.isClosedByProxy() || s.isReused())
            .map(Seen::connection)
            .collect(Collectors.toSet());
    for (Seen seen : outcome.redone()) {
      if (connections.contains(seen.connection())) {
        return "the upstream connection was used again";
      }
    }
    return null;
  }

  private static @Nullable String fault(Seen seen) {
    for (String line : seen.head().split("\r\n", -1)) {
      if (!LINE.matcher(line).matches()) {
        return "the backend got a control byte in: " + line;
      }
    }
    String own =
        single(seen, "x-forwarded-for", Fixture.PEER) + single(seen, "x-real-ip", Fixture.PEER);
    if (!own.isEmpty()) {
      return own;
    }
    List<String> ids = seen.values("x-request-id");
    if (ids.size() != 1 || !REQUEST_ID.matcher(ids.getFirst()).matches()) {
      return "the backend got X-Request-ID " + ids;
    }
    int framings = seen.values("content-length").size() + seen.values("transfer-encoding").size();
    return framings > 1 ? "the backend got " + framings + " framing fields" : null;
  }

  private static String single(Seen seen, String name, String value) {
    List<String> values = seen.values(name);
    return values.equals(List.of(value)) ? "" : "the backend got " + name + " " + values + "; ";
  }
}
