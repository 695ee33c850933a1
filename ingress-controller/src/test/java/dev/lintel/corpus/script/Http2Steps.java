package dev.lintel.corpus.script;

import dev.lintel.corpus.script.Step.Deafness;
import dev.lintel.corpus.script.Step.Drip;
import dev.lintel.corpus.script.Step.References;
import dev.lintel.corpus.script.Step.Repeat;
import dev.lintel.corpus.script.Step.Requests;
import dev.lintel.corpus.script.Step.Setting;
import dev.lintel.corpus.script.Step.Silence;
import dev.lintel.corpus.script.Step.Title;
import dev.lintel.corpus.script.Step.Windowless;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The steps of an HTTP/2 client, as a case says them in words.
///
/// Clauses are parted by `;`, `then`, commas, and by a colon behind the name of what follows. What
/// `repeat N:` stands before is repeated to the end of the script.
public final class Http2Steps {
  private static final String N = "(" + Numbers.NUMBER + ")";

  private static final Pattern REPEAT = Pattern.compile("repeat " + N + "(?: times)?:(.*)");
  private static final Pattern PARTS = Pattern.compile("\\s*(?:;|,(?![^(]*\\))|\\bthen\\b)\\s*");
  private static final Pattern TITLE = Pattern.compile("([A-Z][A-Z_]+(?: flood| bomb)?): ");
  private static final Pattern SETTING =
      Pattern.compile("(?:SETTINGS ?\\(?)?([A-Z][A-Z_]+) ?= ?" + N + "\\)?");
  private static final Pattern INSERT =
      Pattern.compile(
          "insert (?:'([^':]*): ?([^']*)'|(?:an? )?("
              + Numbers.UNITS
              + ") (?:header|field|value|entry))(?: once)?");
  private static final Pattern REFERENCES =
      Pattern.compile(N + " (?:one-byte |indexed )?references?(?: to it)?");
  private static final Pattern REQUESTS =
      Pattern.compile(
          "(?:open )?(?:"
              + N
              + " (?:streams? )?)?(?:of )?(GET|POST|HEAD)(?: requests?)?(?: ("
              + Numbers.SIZE
              + "))?(?: (/\\S*))?(?: with (.*))?");
  private static final Pattern PLAIN_REQUESTS =
      Pattern.compile(N + " requests(?: on one connection)?");
  private static final Pattern STREAMS =
      Pattern.compile(
          "(?:open )?(?:"
              + N
              + " )?(?:concurrent |new )?streams?(?: open)?(?: at once)?(?: without END_STREAM)?");
  private static final Pattern UNIQUE = Pattern.compile("(?:" + N + " )?unique response headers");
  private static final Pattern DRIP =
      Pattern.compile(N + " bytes? (?:per|every) (?:" + N + " )?(ms|s)");
  private static final Pattern DEAF = Pattern.compile("(?:the )?(?:peer|client) does not read");

  /// So many responses fill a table without a bound beyond any doubt.
  private static final int UNIQUE_RESPONSES = 8_000;

  private static final List<String> SETTINGS =
      List.of(
          "",
          "HEADER_TABLE_SIZE",
          "ENABLE_PUSH",
          "MAX_CONCURRENT_STREAMS",
          "INITIAL_WINDOW_SIZE",
          "MAX_FRAME_SIZE",
          "MAX_HEADER_LIST_SIZE",
          "",
          "ENABLE_CONNECT_PROTOCOL");

  private final List<Step> steps;

  private Http2Steps(List<Step> steps) {
    this.steps = steps;
  }

  /// Reads them.
  ///
  /// @throws UnknownStep names the step that is not understood
  public static Http2Steps parse(String words) {
    return new Http2Steps(clauses(words.strip()));
  }

  private static List<Step> clauses(String words) {
    Matcher repeat = REPEAT.matcher(words);
    if (repeat.matches()) {
      int count = (int) Numbers.of(repeat.group(1));
      return List.of(new Repeat(count, clauses(repeat.group(2).strip())));
    }
    Matcher title = TITLE.matcher(words);
    if (title.lookingAt()) {
      return clauses(words.substring(title.end()).strip());
    }
    List<Step> steps = new ArrayList<>();
    @Nullable Matcher inserted = null;
    int at = 0;
    for (String clause : PARTS.split(words)) {
      int here = words.indexOf(clause, at);
      at = here + clause.length();
      if (clause.startsWith("repeat ")) {
        steps.addAll(clauses(words.substring(here)));
        return steps;
      }
      Matcher insert = INSERT.matcher(clause);
      Matcher references = REFERENCES.matcher(clause);
      if (insert.matches()) {
        inserted = insert;
      } else if (references.matches() && inserted != null) {
        steps.add(references(inserted, (int) Numbers.of(references.group(1))));
      } else if (!clause.isEmpty()) {
        add(steps, clause);
      }
    }
    return steps;
  }

  private static References references(Matcher inserted, int count) {
    String size = inserted.group(3);
    return size == null
        ? new References(inserted.group(1), inserted.group(2), count)
        : new References("x", "v".repeat((int) Numbers.of(size)), count);
  }

  private static void add(List<Step> steps, String clause) {
    Matcher found = SETTING.matcher(clause);
    if (found.matches()) {
      int number = SETTINGS.indexOf(found.group(1));
      if (number <= 0) {
        throw new UnknownStep(clause);
      }
      steps.add(new Setting(number, Numbers.of(found.group(2))));
    } else if (FrameWords.fits(clause)) {
      steps.add(FrameWords.parse(clause));
    } else if (!addRequests(steps, clause)) {
      steps.add(other(clause));
    }
  }

  private static boolean addRequests(List<Step> steps, String clause) {
    Matcher found = REQUESTS.matcher(clause);
    if (found.matches()) {
      String with = found.group(5);
      boolean ended = with == null && !found.group(2).equals("POST");
      long size = found.group(3) == null ? -1 : Numbers.of(found.group(3));
      steps.add(
          new Requests(
              count(found.group(1), 1), found.group(2), found.group(4), size, ended, false));
      if (with != null) {
        steps.add(FrameWords.parse(with));
      }
      return true;
    }
    found = UNIQUE.matcher(clause);
    if (found.matches()) {
      int count = count(found.group(1), UNIQUE_RESPONSES);
      steps.add(new Requests(count, "GET", null, -1, true, true));
      return true;
    }
    found = PLAIN_REQUESTS.matcher(clause);
    if (found.matches()) {
      steps.add(new Requests(count(found.group(1), 1), "GET", null, -1, true, false));
      return true;
    }
    found = STREAMS.matcher(clause);
    if (found.matches()) {
      steps.add(new Requests(count(found.group(1), 1), "POST", null, -1, false, false));
    }
    return found.matches();
  }

  private static int count(@Nullable String number, int otherwise) {
    return number == null ? otherwise : (int) Numbers.of(number);
  }

  private static Step other(String clause) {
    Matcher drip = DRIP.matcher(clause);
    if (drip.matches()) {
      int pause = count(drip.group(2), 1) * (drip.group(3).equals("s") ? 1_000 : 1);
      return new Drip((int) Numbers.of(drip.group(1)), pause);
    }
    if (DEAF.matcher(clause).matches()) {
      return new Deafness();
    }
    return switch (clause) {
      case "preface" -> new Title(clause);
      case "silence", "nothing" -> new Silence();
      case "window 0", "zero window" -> new Setting(SETTINGS.indexOf("INITIAL_WINDOW_SIZE"), 0);
      case "no WINDOW_UPDATE", "never WINDOW_UPDATE" -> new Windowless();
      default -> throw new UnknownStep(clause);
    };
  }

  /// In their order.
  List<Step> steps() {
    return steps;
  }
}
