package dev.lintel.corpus.verdict;

import dev.lintel.corpus.client.Answer;
import dev.lintel.corpus.client.PlainClient.End;
import dev.lintel.corpus.fixture.Seen;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Verdicts by which a request goes no further than the proxy.
final class Refusals {
  private static final Pattern STATUS = Pattern.compile("([1-5])(\\d\\d|xx)(-and-close)?");

  /// Answers that leave no doubt about where the request ends, however they come about.
  private static final Set<Integer> OF_CONTENT = Set.of(401, 403, 404, 405, 417, 421, 426, 503);

  private Refusals() {}

  static @Nullable Check of(String word) {
    if (word.equals("close")) {
      return Refusals::closed;
    }
    if (STATUS.matcher(word).matches()) {
      String pattern = word.replace("-and-close", "").replace('x', '.');
      return outcome -> refused(outcome, Pattern.compile(pattern));
    }
    return null;
  }

  private static @Nullable String closed(Outcome outcome) {
    if (!outcome.answers().isEmpty()) {
      return "answered by " + statuses(outcome) + " rather than by a close";
    }
    return outcome.isClosed() ? untouched(outcome) : "the connection stays open";
  }

  private static @Nullable String refused(Outcome outcome, Pattern status) {
    List<Answer> answers = outcome.finals();
    if (answers.size() != 1
        || !status.matcher(String.valueOf(answers.getFirst().status())).matches()) {
      return "answered by " + statuses(outcome) + " rather than by " + status;
    }
    if (outcome.end() == End.RESET) {
      return "answered, and the connection reset behind it: the answer may get lost";
    }
    if (!outcome.isClosed()
        && !OF_CONTENT.contains(outcome.status())
        && !Framing.isClear(outcome.what().raw())) {
      return "the connection stays open though framing is in doubt";
    }
    return untouched(outcome);
  }

  /// A fault of the body may be found only after the backend has seen a part of it.
  static @Nullable String untouched(Outcome outcome) {
    for (Seen seen : outcome.seen()) {
      if (seen.isComplete()) {
        return "the backend of " + seen.route() + " saw a complete request";
      }
      if (!seen.isAborted()) {
        return "the backend of " + seen.route() + " still waits for the rest of the request";
      }
    }
    return null;
  }

  static String statuses(Outcome outcome) {
    return outcome.answers().isEmpty()
        ? "nothing"
        : outcome.answers().stream().map(a -> String.valueOf(a.status())).toList().toString();
  }
}
