package dev.lintel.ingress.feature;

import dev.lintel.ingress.feature.Grammar.Reading;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// The grammars that settings are made of.
final class Grammars {
  private static final Pattern NUMBER_WITH_UNIT = Pattern.compile("(\\d{1,9})\\s*[a-zA-Z]{1,3}");
  private static final Pattern SIZE = Pattern.compile("(\\d{1,15})([bBkKmMgG]?)");
  private static final Pattern HEADER_NAME = Pattern.compile("[A-Za-z0-9][-_A-Za-z0-9]*");
  private static final String LABEL = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";
  private static final Pattern OBJECT_NAME =
      Pattern.compile("(?:(" + LABEL + ")/)?(" + LABEL + "(?:\\." + LABEL + ")*)");
  private static final int LONGEST_NAME = 253;

  private Grammars() {}

  private record Made<T>(
      String describe, Function<String, Reading<T>> reader, Function<T, String> shower)
      implements Grammar<T> {
    @Override
    public Reading<T> read(String text) {
      return reader.apply(text);
    }

    @Override
    public String show(T value) {
      return shower.apply(value);
    }
  }

  private static <T> Grammar<T> made(String describe, Function<String, Reading<T>> reader) {
    return new Made<>(describe, reader, String::valueOf);
  }

  /// Go's `strconv.ParseBool`: `yes` and `on` are not booleans.
  static Grammar<Boolean> bool() {
    return made(
        "`true` or `false`",
        text ->
            switch (text) {
              case "1", "t", "T", "TRUE", "true", "True" -> new Reading.Value<>(true);
              case "0", "f", "F", "FALSE", "false", "False" -> new Reading.Value<>(false);
              default -> new Reading.Fault<>("is not a boolean", "true or false");
            });
  }

  static Grammar<Integer> wholeNumber(int atLeast, int atMost) {
    return number("whole number", atLeast, atMost);
  }

  static Grammar<Integer> seconds(int atLeast, int atMost) {
    return number("whole number of seconds", atLeast, atMost);
  }

  private static Grammar<Integer> number(String noun, int atLeast, int atMost) {
    String bounds =
        atMost == Integer.MAX_VALUE ? "at least " + atLeast : "from " + atLeast + " to " + atMost;
    String expected = "a " + noun + " " + bounds;
    return made(
        noun + ", " + bounds,
        text -> {
          long value;
          try {
            value = Long.parseLong(text);
          } catch (NumberFormatException e) {
            Matcher withUnit = NUMBER_WITH_UNIT.matcher(text);
            return new Reading.Fault<>(
                "is not a whole number",
                withUnit.matches()
                    ? expected + " without a unit, such as " + withUnit.group(1)
                    : expected);
          }
          return value < atLeast || value > atMost
              ? new Reading.Fault<>("is out of bounds", expected)
              : new Reading.Value<>((int) value);
        });
  }

  /// Bytes, as nginx writes them: a whole number and `b`, `k`, `m` or `g`.
  static Grammar<Long> size() {
    return made(
        "size in bytes, or with one of the units `k`, `m`, `g`",
        text -> {
          Matcher matcher = SIZE.matcher(text);
          if (!matcher.matches()) {
            return new Reading.Fault<>("is not a size", "a number with at most one of k, m, g");
          }
          int shift =
              switch (matcher.group(2).toLowerCase(Locale.ROOT)) {
                case "k" -> 10;
                case "m" -> 20;
                case "g" -> 30;
                default -> 0;
              };
          long number = Long.parseLong(matcher.group(1));
          return number > (Long.MAX_VALUE >> shift)
              ? new Reading.Fault<>("is out of bounds", "fewer than 8 EiB")
              : new Reading.Value<>(number << shift);
        });
  }

  static Grammar<String> text(Pattern allowed, int longest, String describe) {
    return made(
        describe,
        text -> {
          if (text.length() > longest) {
            return new Reading.Fault<>("is too long", "at most " + longest + " characters");
          }
          return allowed.matcher(text).matches()
              ? new Reading.Value<>(text)
              : new Reading.Fault<>("has characters or a form that are not allowed", describe);
        });
  }

  /// One of the constants by their words, in any case; `_` and `-` count as equal.
  static <E extends Enum<E>> Grammar<E> oneOf(E[] constants) {
    String words = Arrays.stream(constants).map(Enum::toString).collect(Collectors.joining(", "));
    return made(
        "one of " + words,
        text -> {
          for (E constant : constants) {
            if (folded(constant.toString()).equals(folded(text))) {
              return new Reading.Value<>(constant);
            }
          }
          return new Reading.Fault<>("is not known", "one of " + words);
        });
  }

  private static String folded(String word) {
    return word.toLowerCase(Locale.ROOT).replace('_', '-');
  }

  static Grammar<List<Cidr>> cidrList() {
    String describe = "comma list of addresses and networks, such as `10.0.0.0/8, 2001:db8::1`";
    return new Made<>(
        describe,
        text -> {
          List<Cidr> list = new ArrayList<>();
          for (String part : text.split(",", -1)) {
            Optional<Cidr> cidr = Cidr.parse(part.strip());
            if (cidr.isEmpty()) {
              return new Reading.Fault<>(
                  "holds " + quoted(part.strip()) + ", which is no address or network",
                  "addresses and networks with commas between, such as 10.0.0.0/8, 2001:db8::1");
            }
            list.add(cidr.get());
          }
          return new Reading.Value<>(List.copyOf(list));
        },
        list -> list.stream().map(Cidr::toString).collect(Collectors.joining(", ")));
  }

  static Grammar<List<String>> headerNames() {
    return new Made<>(
        "names of header fields with commas between",
        text -> {
          List<String> list = new ArrayList<>();
          for (String part : text.split(",")) {
            String name = part.strip();
            if (!HEADER_NAME.matcher(name).matches()) {
              return new Reading.Fault<>(
                  "holds " + quoted(name) + ", which is no name",
                  "names of header fields with commas between");
            }
            list.add(name);
          }
          return new Reading.Value<>(List.copyOf(list));
        },
        list -> String.join(", ", list));
  }

  static Grammar<List<String>> paths() {
    return new Made<>(
        "paths with commas between",
        text -> {
          List<String> list = new ArrayList<>();
          for (String part : text.split(",", -1)) {
            String path = part.strip();
            if (!path.startsWith("/")) {
              return new Reading.Fault<>(
                  "holds " + quoted(path) + ", which is no path", "paths that begin with /");
            }
            list.add(path);
          }
          return new Reading.Value<>(List.copyOf(list));
        },
        list -> String.join(", ", list));
  }

  static Grammar<Reference> reference(String kind) {
    String describe = "name of a " + kind + ", or `namespace/name`";
    return made(
        describe,
        text -> {
          Matcher matcher = OBJECT_NAME.matcher(text);
          if (text.length() > 2 * LONGEST_NAME || !matcher.matches()) {
            return new Reading.Fault<>("is not a name", "the name of a " + kind);
          }
          String namespace = matcher.group(1);
          return new Reading.Value<>(
              new Reference(namespace == null ? "" : namespace, matcher.group(3)));
        });
  }

  /// A user's text as problems show it: in quotes, on one line, clipped.
  static String quoted(String text) {
    int longest = 80;
    String clipped = text.length() > longest ? text.substring(0, longest) + "…" : text;
    StringBuilder out = new StringBuilder(clipped.length() + 2).append('"');
    clipped
        .codePoints()
        .forEach(
            c -> {
              if (c == '"' || c == '\\') {
                out.append('\\').appendCodePoint(c);
              } else if (c == '\n') {
                out.append("\\n");
              } else if (Character.isISOControl(c) || Character.getType(c) == Character.FORMAT) {
                out.append('?');
              } else {
                out.appendCodePoint(c);
              }
            });
    return out.append('"').toString();
  }
}
