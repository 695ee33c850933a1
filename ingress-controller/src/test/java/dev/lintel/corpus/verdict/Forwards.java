package dev.lintel.corpus.verdict;

import dev.lintel.corpus.cases.CorpusCase.Field;
import dev.lintel.corpus.cases.CorpusCase.Kind;
import dev.lintel.corpus.cases.Expected;
import dev.lintel.corpus.client.Answer;
import dev.lintel.corpus.fixture.Fixture;
import dev.lintel.corpus.fixture.Seen;
import dev.lintel.corpus.fixture.Setting;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Verdicts by which a request reaches its backend.
final class Forwards {
  /// Fields that a proxy owns, in a request that is otherwise forwarded unchanged.
  private static final Set<String> OWNED =
      Set.of(
          "connection",
          "content-length",
          "host",
          "keep-alive",
          "transfer-encoding",
          "upgrade",
          "x-forwarded-for",
          "x-real-ip",
          "x-request-id");

  private Forwards() {}

  /// Canonical, or stripped, as `upstream` says.
  static @Nullable String forwarded(Outcome outcome) {
    Expected expected = outcome.what().upstream();
    int count = expected.count() == null ? 1 : expected.count();
    String fault = arrived(outcome, count);
    if (fault != null) {
      return fault;
    }
    List<Answer> answers = outcome.finals();
    if (answers.size() != count) {
      return "answered by " + Refusals.statuses(outcome) + " rather than by " + count + " answers";
    }
    for (int i = 0; i < count; i++) {
      if (!isAnswered(answers.get(i), outcome.seen().get(i), outcome)) {
        return "answer " + (i + 1) + " is not that of " + outcome.seen().get(i).route();
      }
    }
    return count == 0 ? null : asStated(outcome, outcome.seen().getFirst());
  }

  private static boolean isAnswered(Answer answer, Seen seen, Outcome outcome) {
    if (outcome.what().kind() == Kind.UPSTREAM_RESPONSE) {
      return answer.status() / 100 != 5;
    }
    boolean named =
        answer.body().isEmpty() && seen.method().equals("HEAD")
            || answer.body().contains("answered by " + seen.route());
    return answer.status() == 101 || answer.status() == 200 && named && answer.complete();
  }

  /// That so many complete requests came to the right routes.
  static @Nullable String arrived(Outcome outcome, int count) {
    if (outcome.seen().size() != count) {
      return "the backends saw "
          + outcome.seen().size()
          + " requests rather than "
          + count
          + ", the client "
          + Refusals.statuses(outcome);
    }
    boolean keepsTargets = Setting.of(outcome.what().config()).keepsTargets();
    for (Seen seen : outcome.seen()) {
      if (!seen.isComplete()) {
        return "the request did not reach " + seen.route() + " as a whole";
      }
      if (keepsTargets && !seen.route().owns(matchForm(seen.target()))) {
        return seen.route() + " got " + seen.target();
      }
    }
    return null;
  }

  /// Decoded, with doubled slashes merged.
  private static String matchForm(String target) {
    String path = target.split("\\?", 2)[0];
    StringBuilder decoded = new StringBuilder();
    for (int i = 0; i < path.length(); i++) {
      char c = path.charAt(i);
      if (c == '%' && path.substring(i).matches("(?s)%[0-9A-Fa-f]{2}.*")) {
        c = (char) Integer.parseInt(path.substring(i + 1, i + 3), 16);
        i += 2;
      }
      decoded.append(c);
    }
    return decoded.toString().replaceAll("/{2,}", "/");
  }

  private static @Nullable String asStated(Outcome outcome, Seen seen) {
    Expected expected = outcome.what().upstream();
    if (expected.target() != null && !expected.target().equals(seen.target())) {
      return "the backend got the target " + seen.target() + " rather than " + expected.target();
    }
    if (expected.host() != null
        && !(seen.values("host").equals(List.of(expected.host()))
            && seen.route().host().equals(expected.host()))) {
      return seen.route() + " got Host " + seen.values("host");
    }
    for (Map.Entry<String, String> wanted : expected.present().entrySet()) {
      String value = wanted.getValue().replace("$peer", Fixture.PEER);
      List<String> values = seen.values(wanted.getKey());
      boolean same =
          wanted.getKey().equals("upgrade")
              ? values.size() == 1 && values.getFirst().equalsIgnoreCase(value)
              : values.equals(List.of(value));
      if (!same) {
        return "the backend got " + wanted.getKey() + " " + values + " rather than " + value;
      }
    }
    for (String gone : expected.absent()) {
      if (!seen.values(gone).isEmpty()) {
        return "the backend got " + gone + " " + seen.values(gone);
      }
    }
    if (expected.body() != null && !expected.body().equals(seen.body())) {
      return "the backend got the body " + seen.body() + " rather than " + expected.body();
    }
    return expected.bodyLength() != null && expected.bodyLength() != seen.body().length()
        ? "the backend got a body of " + seen.body().length() + " bytes"
        : null;
  }

  /// Byte by byte but for what a proxy owns.
  static @Nullable String unchanged(Outcome outcome) {
    String fault = forwarded(outcome);
    if (fault != null || outcome.what().kind() != Kind.H1 || outcome.seen().isEmpty()) {
      return fault;
    }
    String raw = outcome.what().raw();
    int end = raw.indexOf("\r\n\r\n");
    String[] lines = raw.substring(0, end).split("\r\n", -1);
    String[] start = lines[0].split(" ", -1);
    Seen seen = outcome.seen().getFirst();
    if (!seen.method().equals(start[0]) || !seen.target().equals(start[1])) {
      return "the backend got " + seen.method() + " " + seen.target();
    }
    List<Field> fields = new ArrayList<>();
    Set<String> owned = new HashSet<>(OWNED);
    for (int i = 1; i < lines.length; i++) {
      int colon = lines[i].indexOf(':');
      String name = lines[i].substring(0, colon).toLowerCase(Locale.ROOT);
      String value = lines[i].substring(colon + 1).strip();
      fields.add(new Field(name, value));
      if (name.equals("connection")) {
        owned.addAll(List.of(value.toLowerCase(Locale.ROOT).split("[ \t]*,[ \t]*")));
      }
    }
    for (Field field : fields) {
      if (!owned.contains(field.name()) && !seen.values(field.name()).contains(field.value())) {
        return "the backend did not get " + field.name() + " as it was sent";
      }
    }
    return null;
  }
}
