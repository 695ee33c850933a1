package dev.lintel.corpus.script;

import dev.lintel.corpus.client.Http2Client;
import dev.lintel.corpus.script.Step.Frames;
import dev.lintel.corpus.script.Step.On;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The words about one kind of frame: how many, which flags, on which stream.
final class FrameWords {
  private static final List<String> TYPES =
      List.of(
          "DATA",
          "HEADERS",
          "PRIORITY",
          "RST_STREAM",
          "SETTINGS",
          "PUSH_PROMISE",
          "PING",
          "GOAWAY",
          "WINDOW_UPDATE",
          "CONTINUATION");

  private static final List<String> CODES =
      List.of(
          "NO_ERROR",
          "PROTOCOL_ERROR",
          "INTERNAL_ERROR",
          "FLOW_CONTROL_ERROR",
          "SETTINGS_TIMEOUT",
          "STREAM_CLOSED",
          "FRAME_SIZE_ERROR",
          "REFUSED_STREAM",
          "CANCEL",
          "COMPRESSION_ERROR",
          "CONNECT_ERROR",
          "ENHANCE_YOUR_CALM",
          "INADEQUATE_SECURITY",
          "HTTP_1_1_REQUIRED");

  private static final Map<String, Integer> FLAGS =
      Map.of("END_STREAM", 1, "END_HEADERS", 4, "ACK", 1);

  private static final Pattern CLAUSE =
      Pattern.compile(
          "(?:send )?(?:(?<count>"
              + Numbers.NUMBER
              + "|endless|an?|one) )?(?<empty>(?:empty|zero-byte|0-byte) )?(?<type>"
              + String.join("|", TYPES)
              + ")(?: ?\\((?<args>[^)]*)\\))?(?<rest>.*)");

  private static final String STREAMS =
      "(half-closed|closed|idle|idle/closed|closed/idle|same|new|open)";

  private static final Pattern[] REST = {
    Pattern.compile("frames?"),
    Pattern.compile("from (?:the )?client"),
    Pattern.compile("(?:on|for) (?:(" + Numbers.NUMBER + ") |an? |the )?" + STREAMS + " streams?"),
    Pattern.compile("on stream (?:id )?(" + Numbers.NUMBER + ")"),
    Pattern.compile("(?:with|of) length (" + Numbers.NUMBER + ")"),
    Pattern.compile("(?:with |of )?(" + Numbers.UNITS + ")(?: each| of data)?"),
    Pattern.compile("with increment (" + Numbers.NUMBER + ")"),
    Pattern.compile("with (" + Numbers.NUMBER + ") (?:cookie crumbs|crumbs|fields)"),
    Pattern.compile("every (" + Numbers.NUMBER + ") (ms|s)"),
    Pattern.compile("forever|endlessly"),
    Pattern.compile("(without|with|no) (END_STREAM|END_HEADERS)"),
    Pattern.compile("half a frame"),
    Pattern.compile("(?:depending |dependent |depends )?on itself|(?:with )?self[- ]dependency"),
    Pattern.compile("flood"),
  };

  private final String clause;
  private final int type;
  private int flags;
  private On on;
  private int number;
  private long value;
  private int length = -1;
  private int fields;
  private boolean itself;
  private boolean half;
  private int count = 1;
  private int pause;

  private FrameWords(String clause, int type) {
    this.clause = clause;
    this.type = type;
    this.flags = type == Http2Client.HEADERS ? Http2Client.END_HEADERS : 0;
    this.on =
        switch (type) {
          case Http2Client.SETTINGS, Http2Client.PING, Http2Client.GOAWAY -> On.CONNECTION;
          case Http2Client.HEADERS -> On.NEW;
          default -> On.CURRENT;
        };
    this.value = type == Http2Client.WINDOW_UPDATE ? 1 : 0;
  }

  /// Whether a clause is about a frame.
  static boolean fits(String clause) {
    return CLAUSE.matcher(clause).matches();
  }

  static Frames parse(String clause) {
    Matcher words = CLAUSE.matcher(clause);
    if (!words.matches()) {
      throw new UnknownStep(clause);
    }
    FrameWords frame = new FrameWords(clause, TYPES.indexOf(words.group("type")));
    String many = words.group("count");
    if (many != null && many.equals("endless")) {
      frame.count = Step.ENDLESS;
    } else if (many != null && Character.isDigit(many.charAt(0))) {
      frame.count = (int) Numbers.of(many);
    }
    if (words.group("empty") != null) {
      frame.length = 0;
    }
    if (words.group("args") != null) {
      for (String arg : words.group("args").split("[,|]")) {
        frame.argument(arg.strip());
      }
    }
    frame.rest(words.group("rest").strip());
    return frame.build();
  }

  private void argument(String arg) {
    boolean off = arg.startsWith("no ");
    Integer flag = FLAGS.get(off ? arg.substring(3).strip() : arg);
    if (flag != null) {
      flags = off ? flags & ~flag : flags | flag;
    } else if (CODES.contains(arg)) {
      value = CODES.indexOf(arg);
    } else if (arg.equals("stream")) {
      on = On.CURRENT;
    } else if (arg.equals("connection")) {
      on = On.CONNECTION;
    } else if (arg.matches("self(?:[- ]dependency)?|(?:depends )?on itself")) {
      itself = true;
    } else if (arg.matches("stream \\d+")) {
      number = Integer.parseInt(arg.substring(7));
    } else if (arg.matches("(?:increment |code )?" + Numbers.NUMBER)) {
      value = Numbers.of(arg.replaceFirst("^[a-z]+ ", ""));
    } else if (!arg.isEmpty()) {
      throw new UnknownStep(arg + " in " + clause);
    }
  }

  private void rest(String words) {
    String left = words;
    while (!left.isEmpty()) {
      int index = 0;
      Matcher found = null;
      while (index < REST.length) {
        found = REST[index].matcher(left);
        if (found.lookingAt()
            && (found.end() == left.length() || left.charAt(found.end()) == ' ')) {
          break;
        }
        index++;
      }
      if (found == null || index == REST.length) {
        throw new UnknownStep(left + " in " + clause);
      }
      modify(index, found);
      left = left.substring(found.end()).strip();
    }
  }

  private void modify(int index, Matcher found) {
    switch (index) {
      case 2 -> {
        if (found.group(1) != null) {
          count = (int) Numbers.of(found.group(1));
        }
        on = streams(found.group(2));
      }
      case 3 -> number = (int) Numbers.of(found.group(1));
      case 4, 5 -> length = (int) Numbers.of(found.group(1));
      case 6 -> value = Numbers.of(found.group(1));
      case 7 -> fields = (int) Numbers.of(found.group(1));
      case 8 -> {
        pause = (int) Numbers.of(found.group(1)) * (found.group(2).equals("s") ? 1_000 : 1);
        count = Step.ENDLESS;
      }
      case 9 -> count = Step.ENDLESS;
      case 10 -> argument((found.group(1).equals("with") ? "" : "no ") + found.group(2));
      case 11 -> half = true;
      case 12 -> itself = true;
      default -> {}
    }
  }

  private static On streams(String word) {
    return switch (word) {
      case "idle" -> On.IDLE;
      case "closed" -> On.CLOSED;
      case "idle/closed", "closed/idle" -> On.IDLE_OR_CLOSED;
      case "new" -> On.NEW;
      default -> On.CURRENT;
    };
  }

  private Frames build() {
    return new Frames(type, flags, on, number, value, length, fields, itself, half, count, pause);
  }
}
