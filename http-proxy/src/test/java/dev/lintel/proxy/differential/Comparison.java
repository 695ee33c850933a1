package dev.lintel.proxy.differential;

import dev.lintel.proxy.differential.StrictParser.End;
import dev.lintel.proxy.differential.StrictParser.Reading;
import dev.lintel.proxy.differential.StrictParser.Request;
import java.util.List;

/// Holds what a strict reader says of a client's bytes against what the upstream saw and what the
/// client got: each request is served once and whole, or refused.
final class Comparison {
  private Comparison() {}

  /// One answer, as the client got it.
  ///
  /// @param seen what the upstream says it answers (method, target, size of the body); empty where
  ///   the answer is the proxy's own
  record Answer(int status, String seen) {
    boolean isRefusal() {
      return seen.isEmpty() && status >= 400;
    }
  }

  /// All that a client saw.
  ///
  /// @param isSilent whether it waited in vain for an answer or for the end of the connection
  record Answers(List<Answer> all, boolean isSilent) {}

  /// What the upstream writes into its answer.
  static String mark(Request request) {
    return request.method() + " " + request.origin() + " " + request.body().length();
  }

  /// The first difference; empty where there is none.
  ///
  /// @param isGood whether nothing in the client's bytes is wrong, so that nothing may be refused
  static String difference(Reading said, boolean isGood, Answers got, List<Request> arrived) {
    int next = 0;
    for (int i = 0; i < said.requests().size(); i++) {
      Request request = said.requests().get(i);
      if (i >= got.all().size()) {
        return isGood || got.isSilent() ? "request " + i + " got no answer" : rest(arrived, next);
      }
      Answer answer = got.all().get(i);
      if (answer.isRefusal()) {
        if (isGood) {
          return "request " + i + " is good and was refused with " + answer.status();
        }
      } else if (!answer.seen().equals(mark(request))) {
        return "request " + i + ", " + mark(request) + ", got the answer to " + answer;
      } else if (next == arrived.size()) {
        return "request " + i + " was answered and never arrived";
      } else if (!same(request, arrived.get(next))) {
        return "request " + i + " arrived as " + arrived.get(next);
      } else {
        next++;
      }
    }
    String unexpected = rest(arrived, next);
    if (!unexpected.isEmpty()) {
      return unexpected;
    }
    for (Answer more : got.all().subList(said.requests().size(), got.all().size())) {
      if (said.end() == End.LAST || !more.isRefusal()) {
        return "an answer to no request: " + more;
      }
    }
    return got.isSilent() ? "the connection stayed open after the end: " + said.end() : "";
  }

  private static String rest(List<Request> arrived, int from) {
    return from == arrived.size() ? "" : "arrived and was never sent: " + arrived.get(from);
  }

  private static boolean same(Request sent, Request arrived) {
    return sent.method().equals(arrived.method())
        && sent.origin().equals(arrived.target())
        && sent.body().equals(arrived.body());
  }
}
