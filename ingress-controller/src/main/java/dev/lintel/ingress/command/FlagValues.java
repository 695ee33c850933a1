package dev.lintel.ingress.command;

import dev.lintel.ingress.command.Flag.Kind;
import dev.lintel.ingress.snapshot.ObjectKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The values of all flags of one start: given ones and presets, read by Go's grammar.
final class FlagValues {
  private static final Pattern DURATION_PART =
      Pattern.compile("(\\d+(?:\\.\\d+)?)(ms|us|µs|ns|h|m|s)");

  private final Map<String, String> given;

  /// Checks every given value against its grammar.
  ///
  /// @param given values by flag name, in the order given
  /// @throws UsageError if a value does not fit
  FlagValues(Map<String, String> given) {
    this.given = new LinkedHashMap<>(given);
    for (Flag flag : ControllerFlags.ALL) {
      if (isGiven(flag)) {
        check(flag);
      }
    }
  }

  boolean isGiven(Flag flag) {
    return given.containsKey(flag.name());
  }

  String text(Flag flag) {
    String value = given.get(flag.name());
    return value == null ? flag.preset() : value;
  }

  boolean truth(Flag flag) {
    return switch (text(flag)) {
      case "1", "t", "T", "true", "TRUE", "True" -> true;
      case "0", "f", "F", "false", "FALSE", "False" -> false;
      default -> throw wrong(flag, "true or false");
    };
  }

  int number(Flag flag) {
    try {
      int number = Integer.parseInt(text(flag));
      if (number >= 0) {
        return number;
      }
    } catch (NumberFormatException _) {
      // told below
    }
    throw wrong(flag, "a whole number");
  }

  int port(Flag flag) {
    int port = number(flag);
    if (port > 65535) {
      throw wrong(flag, "a port, 0 to 65535");
    }
    return port;
  }

  /// A whole number of seconds, or a Go duration.
  Duration duration(Flag flag) {
    String value = text(flag);
    if (flag.kind() == Kind.SECONDS && value.matches("\\d{1,9}")) {
      return Duration.ofSeconds(Long.parseLong(value));
    }
    Duration sum = Duration.ZERO;
    int end = 0;
    Matcher part = DURATION_PART.matcher(value);
    while (part.find() && part.start() == end) {
      sum = sum.plus(span(part.group(1), part.group(2)));
      end = part.end();
    }
    if (end != value.length() || value.isEmpty()) {
      throw wrong(
          flag, flag.kind() == Kind.SECONDS ? "a number of seconds" : "a duration such as 30s");
    }
    return sum;
  }

  private static Duration span(String amount, String unit) {
    double nanos =
        switch (unit) {
          case "h" -> 3600e9;
          case "m" -> 60e9;
          case "s" -> 1e9;
          case "ms" -> 1e6;
          case "us", "µs" -> 1e3;
          default -> 1;
        };
    return Duration.ofNanos(Math.round(Double.parseDouble(amount) * nanos));
  }

  List<Double> decimals(Flag flag) {
    List<Double> numbers = new ArrayList<>();
    for (String part : text(flag).split(",", -1)) {
      try {
        numbers.add(Double.valueOf(part.strip()));
      } catch (NumberFormatException e) {
        throw wrong(flag, "numbers with commas between");
      }
    }
    return numbers;
  }

  List<String> list(Flag flag) {
    List<String> parts = new ArrayList<>();
    for (String part : text(flag).split(",", -1)) {
      if (!part.isBlank()) {
        parts.add(part.strip());
      }
    }
    return parts;
  }

  /// The object the flag names, or null where it names none.
  @Nullable ObjectKey object(Flag flag) {
    String value = text(flag);
    if (value.isEmpty()) {
      return null;
    }
    int slash = value.indexOf('/');
    if (slash <= 0 || slash == value.length() - 1 || value.indexOf('/', slash + 1) >= 0) {
      throw wrong(flag, "namespace/name");
    }
    return new ObjectKey(value.substring(0, slash), value.substring(slash + 1));
  }

  private void check(Flag flag) {
    switch (flag.kind()) {
      case TEXT -> {}
      case TRUTH -> truth(flag);
      case NUMBER -> number(flag);
      case PORT -> port(flag);
      case SECONDS, DURATION -> duration(flag);
      case DECIMALS -> decimals(flag);
      case OBJECT -> object(flag);
    }
  }

  private UsageError wrong(Flag flag, String expected) {
    return new UsageError(
        flag.name() + ": \"" + text(flag) + "\" is not usable (expected: " + expected + ")");
  }
}
