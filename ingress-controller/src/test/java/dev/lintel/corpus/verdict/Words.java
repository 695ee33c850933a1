package dev.lintel.corpus.verdict;

import dev.lintel.corpus.client.Answer;
import dev.lintel.corpus.client.PlainClient.End;
import dev.lintel.corpus.fixture.Seen;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The vocabulary of verdicts that are not refusals.
final class Words {
  private static final int MOST_GROWN = 16 * 1024 * 1024;
  private static final int ENHANCE_YOUR_CALM = 11;
  private static final int REFUSED_STREAM = 7;
  private static final Pattern FIRST_THEN = Pattern.compile("first-then-(\\d{3})");
  private static final Pattern HOST = Pattern.compile("(?im)^host:[ \t]*(\\S+)");

  private Words() {}

  /// The check behind a word, or null where it is unknown.
  static @Nullable Check of(String word) {
    Matcher then = FIRST_THEN.matcher(word);
    if (then.matches()) {
      int status = Integer.parseInt(then.group(1));
      return outcome -> firstThen(outcome, status);
    }
    return switch (word) {
      case "forward-unchanged" -> Forwards::unchanged;
      case "forward-normalised", "forward-stripped" -> Forwards::forwarded;
      case "one-request" -> outcome -> answered(outcome, 1);
      case "two-requests" -> outcome -> answered(outcome, 2);
      case "first-then-route" -> outcome -> answered(outcome, 2);
      case "pipeline-bounded" -> Words::inOrder;
      case "respond-100-then-forward" -> Words::continued;
      case "respond-locally" -> Words::local;
      case "route-exact" -> Words::exact;
      case "redirect-same-host" -> Words::redirected;
      case "hold-until-101" -> Words::held;
      default -> ofUpstream(word);
    };
  }

  private static @Nullable Check ofUpstream(String word) {
    return switch (word) {
      case "head-no-body" -> Words::headOnly;
      case "reply-502-close-upstream" -> Words::badGateway;
      case "forward-then-close-upstream" -> Words::forwardedOnce;
      case "abort-client-no-reuse" -> Words::truncated;
      default -> ofHttp2(word);
    };
  }

  private static @Nullable Check ofHttp2(String word) {
    return switch (word) {
      case "h2-stream-error", "stream-error", "h2-400" -> outcome -> streamError(outcome, 400);
      case "h2-stream-error-431" -> outcome -> streamError(outcome, 431);
      case "refused-stream" -> Words::refusedStream;
      case "h2-goaway", "goaway" -> outcome -> goAway(outcome, -1);
      case "h2-goaway-enhance-your-calm" -> outcome -> goAway(outcome, ENHANCE_YOUR_CALM);
      case "graceful-goaway" -> outcome -> goAway(outcome, 0);
      case "ignored" -> outcome -> outcome.alive() ? null : "the connection does not work any more";
      case "closed", "close", "close-on-timeout" ->
          outcome -> outcome.isClosed() ? null : "the connection stays open";
      case "memory-bounded", "response-sent", "cheap-fail" -> Words::bounded;
      case "stream-timeout-memory-bounded" -> Words::timedOut;
      default -> TlsWords.of(word);
    };
  }

  // ------------------------------------------------------------------ HTTP/1.1

  private static @Nullable String answered(Outcome outcome, int count) {
    String fault = Forwards.arrived(outcome, count);
    if (fault != null) {
      return fault;
    }
    return outcome.finals().size() == count ? own(outcome) : statuses(outcome);
  }

  private static @Nullable String inOrder(Outcome outcome) {
    String fault = Forwards.arrived(outcome, outcome.finals().size());
    return fault != null ? fault : firstOf(own(outcome), bounded(outcome));
  }

  private static @Nullable String firstOf(@Nullable String one, @Nullable String other) {
    return one == null ? other : one;
  }

  /// That each answer is that of its own request.
  private static @Nullable String own(Outcome outcome) {
    List<Answer> answers = outcome.finals();
    for (int i = 0; i < answers.size(); i++) {
      Seen seen = outcome.seen().get(i);
      if (!answers.get(i).body().equals("answered by " + seen.route() + " to " + seen.target())) {
        return "answer " + (i + 1) + " is not that of " + seen.route();
      }
    }
    return null;
  }

  private static @Nullable String firstThen(Outcome outcome, int status) {
    List<Answer> answers = outcome.finals();
    if (answers.size() != 2
        || answers.get(0).status() != 200
        || answers.get(1).status() != status) {
      return statuses(outcome);
    }
    if (!outcome.isClosed()) {
      return "the connection stays open though framing is in doubt";
    }
    return Forwards.arrived(outcome, 1);
  }

  private static @Nullable String continued(Outcome outcome) {
    if (outcome.answers().isEmpty() || outcome.answers().getFirst().status() != 100) {
      return statuses(outcome);
    }
    String then = outcome.what().then();
    String fault = Forwards.forwarded(outcome);
    if (fault != null || then == null) {
      return fault;
    }
    return outcome.seen().getFirst().body().equals(then) ? null : "the body did not arrive";
  }

  private static @Nullable String local(Outcome outcome) {
    if (outcome.status() < 200 || outcome.status() >= 500) {
      return statuses(outcome);
    }
    return Forwards.arrived(outcome, 0);
  }

  private static @Nullable String exact(Outcome outcome) {
    String fault = Forwards.forwarded(outcome);
    return fault != null || outcome.seen().getFirst().route().isForbidden()
        ? fault
        : "the request went to " + outcome.seen().getFirst().route();
  }

  private static @Nullable String redirected(Outcome outcome) {
    Matcher host = HOST.matcher(outcome.what().raw());
    List<Answer> answers = outcome.finals();
    if (answers.size() != 1 || answers.getFirst().status() / 100 != 3 || !host.find()) {
      return statuses(outcome);
    }
    String location = String.join(",", answers.getFirst().values("location"));
    String name = Pattern.quote(host.group(1).replaceFirst(":\\d*$", ""));
    return location.matches("https?://" + name + "(:\\d+)?(/.*)?") || location.matches("/([^/].*)?")
        ? Forwards.arrived(outcome, 0)
        : "the redirect leads to " + location;
  }

  private static @Nullable String held(Outcome outcome) {
    List<Answer> answers = outcome.finals();
    if (answers.size() != 1 || answers.getFirst().status() != 101) {
      return statuses(outcome);
    }
    if (outcome.seen().size() != 1) {
      return "the backends saw " + outcome.seen().size() + " requests";
    }
    return outcome.seen().getFirst().hasEarlyBytes() ? "bytes came before the 101" : null;
  }

  private static String statuses(Outcome outcome) {
    return "answered by "
        + Refusals.statuses(outcome)
        + ", the backends saw "
        + outcome.seen().size();
  }

  // ------------------------------------------------------------------ backends

  private static @Nullable String headOnly(Outcome outcome) {
    if (outcome.status() != 200) {
      return statuses(outcome);
    }
    return outcome.received().endsWith("\r\n\r\n") ? notReused(outcome) : "a body came";
  }

  private static @Nullable String badGateway(Outcome outcome) {
    return outcome.status() == 502 ? notReused(outcome) : statuses(outcome);
  }

  private static @Nullable String forwardedOnce(Outcome outcome) {
    Matcher status =
        Pattern.compile("HTTP/\\S+ (\\d+).*", Pattern.DOTALL).matcher(outcome.what().raw());
    if (!status.matches()
        || outcome.status() != Integer.parseInt(status.group(1))
        || !outcome.finals().getFirst().complete()) {
      return statuses(outcome);
    }
    return notReused(outcome);
  }

  private static @Nullable String truncated(Outcome outcome) {
    if (outcome.finals().size() != 1 || outcome.finals().getFirst().complete()) {
      return statuses(outcome) + ", and what came looks complete";
    }
    return outcome.isClosed() ? notReused(outcome) : "the connection stays open";
  }

  private static @Nullable String notReused(Outcome outcome) {
    for (Seen seen : outcome.seen()) {
      if (seen.isReused() || !seen.isClosedByProxy() && isWhole(outcome)) {
        return "the upstream connection stays open";
      }
    }
    return outcome.seen().isEmpty() ? "the backends saw nothing" : null;
  }

  /// Whether the client had its answer without the backend's end.
  private static boolean isWhole(Outcome outcome) {
    return outcome.status() != 502 && outcome.finals().getFirst().complete();
  }

  // ------------------------------------------------------------------ HTTP/2

  private static @Nullable String streamError(Outcome outcome, int status) {
    if (outcome.goAway() != null) {
      return "the whole connection ends by GOAWAY " + outcome.goAway();
    }
    if (outcome.resets().isEmpty()
        && outcome.finals().stream().noneMatch(a -> a.status() == status)) {
      return statuses(outcome);
    }
    if (outcome.isClosed()) {
      return "the connection ended by " + outcome.end();
    }
    return Refusals.untouched(outcome);
  }

  private static @Nullable String refusedStream(Outcome outcome) {
    return outcome.resets().contains(REFUSED_STREAM) ? null : "resets " + outcome.resets();
  }

  private static @Nullable String goAway(Outcome outcome, int code) {
    Integer found = outcome.goAway();
    if (found == null) {
      return "no GOAWAY, but "
          + (outcome.isClosed() ? "an end by " + outcome.end() : "an open connection");
    }
    return code < 0 || code == found ? null : "GOAWAY " + found;
  }

  private static @Nullable String bounded(Outcome outcome) {
    return outcome.grown() <= MOST_GROWN
        ? null
        : "the product grew by " + outcome.grown() / 1024 + " KiB";
  }

  private static @Nullable String timedOut(Outcome outcome) {
    String fault = bounded(outcome);
    return fault != null
            || !outcome.resets().isEmpty()
            || outcome.goAway() != null
            || outcome.end() != End.OPEN
        ? fault
        : "the stream stays open";
  }
}
