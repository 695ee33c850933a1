package dev.lintel.corpus.report;

import dev.lintel.corpus.fixture.Seen;
import dev.lintel.corpus.verdict.Outcome;
import java.io.PrintStream;
import java.util.List;

/// Prints results for people.
public final class Report {
  private static final int MOST = 900;

  private Report() {}

  /// Each failure with the bytes sent and seen, and the counts.
  public static void print(List<Result> results, int skipped, int errata, PrintStream out) {
    for (Result result : results) {
      if (!result.isPassed()) {
        out.println(text(result));
      }
    }
    long passed = results.stream().filter(Result::isPassed).count();
    out.println(errata + " errata applied");
    out.println(
        passed + " passed, " + (results.size() - passed) + " failed, " + skipped + " skipped");
  }

  /// One failure.
  public static String text(Result result) {
    StringBuilder text = new StringBuilder("FAILED ");
    text.append(result.what().id()).append(" (").append(result.what().kind()).append(", ");
    text.append(result.what().category()).append("): expected ").append(result.what().expect());
    text.append("\n  but ").append(printable(String.valueOf(result.fault()))).append('\n');
    Outcome outcome = result.outcome();
    if (outcome != null) {
      text.append("  sent:     ").append(printable(outcome.sent())).append('\n');
      text.append("  received: ").append(printable(outcome.received()));
      text.append(" [").append(outcome.end()).append("]\n");
      for (Seen seen : outcome.seen().stream().limit(3).toList()) {
        text.append("  backend:  ").append(printable(seen.toString())).append('\n');
      }
    }
    return text.toString();
  }

  /// Every byte visible, long texts shortened.
  private static String printable(String text) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < text.length() && out.length() < MOST; i++) {
      char c = text.charAt(i);
      switch (c) {
        case '\r' -> out.append("\\r");
        case '\n' -> out.append("\\n");
        case '\t' -> out.append("\\t");
        default -> out.append(c < 32 || c > 126 ? "\\x%02x".formatted((int) c) : c);
      }
    }
    return text.length() > MOST ? out + "... (" + text.length() + " bytes)" : out.toString();
  }
}
