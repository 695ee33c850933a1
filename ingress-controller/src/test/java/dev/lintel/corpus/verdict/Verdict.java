package dev.lintel.corpus.verdict;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a case has to lead to: one of several alternatives, as its `expect` says.
public final class Verdict {
  private static final String REJECT = "reject-";

  private final String text;
  private final List<Check> alternatives;

  private Verdict(String text, List<Check> alternatives) {
    this.text = text;
    this.alternatives = alternatives;
  }

  /// Reads one.
  ///
  /// @return null where a word of it is unknown
  public static @Nullable Verdict of(String text) {
    List<Check> alternatives = new ArrayList<>();
    boolean rejects = text.startsWith(REJECT);
    for (String word : (rejects ? text.substring(REJECT.length()) : text).split("-or-")) {
      Check check = rejects ? Refusals.of(word) : null;
      if (check == null) {
        check = Words.of(word);
      }
      if (check == null) {
        return null;
      }
      alternatives.add(check);
    }
    return new Verdict(text, alternatives);
  }

  /// What is wrong with an outcome, or null.
  public @Nullable String fault(Outcome outcome) {
    List<String> faults = new ArrayList<>();
    for (Check each : alternatives) {
      String fault = each.fault(outcome);
      if (fault == null) {
        return Invariants.fault(outcome, isForbiddenRouteOpen());
      }
      if (!faults.contains(fault)) {
        faults.add(fault);
      }
    }
    return String.join("; nor: ", faults);
  }

  /// Whether a request for the route that nothing may reach is legal here.
  private boolean isForbiddenRouteOpen() {
    return text.equals("two-requests")
        || text.equals("first-then-route")
        || text.equals("route-exact")
        || text.equals("pipeline-bounded");
  }

  /// Whether it takes as long as the product waits for somebody.
  public static boolean isSlow(String text) {
    return text.contains("408") || text.contains("timeout");
  }

  /// Whether memory is measured.
  public static boolean isOfMemory(String text) {
    return text.contains("memory-bounded")
        || text.contains("cheap-fail")
        || text.contains("pipeline-bounded");
  }

  /// Whether the end of an HTTP/2 connection is waited for.
  public static boolean isOfForce(String text) {
    return text.contains("goaway") && !text.contains("ignored");
  }

  /// Whether the backend agrees to an upgrade.
  public static boolean isOfUpgrades(String text) {
    return text.contains("101");
  }

  @Override
  public String toString() {
    return text;
  }
}
