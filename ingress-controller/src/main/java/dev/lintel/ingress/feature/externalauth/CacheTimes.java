package dev.lintel.ingress.feature.externalauth;

import dev.lintel.ingress.feature.Grammar;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// For how long an answer counts, by its status.
///
/// @param seconds by status; what is not in it is not kept
record CacheTimes(SortedMap<Integer, Long> seconds) {
  private static final Pattern ENTRY =
      Pattern.compile("((?:[1-5]\\d\\d\\s+)*)(\\d{1,9})(ms|s|m|h|d|w|M|y)");
  private static final long LONGEST = TimeUnit.DAYS.toSeconds(365);

  /// What counts where only a time is written, as nginx has it.
  private static final String USUAL_STATUS = "200";

  /// ingress-nginx's.
  static final CacheTimes USUAL =
      new CacheTimes(new TreeMap<>(Map.of(200, 300L, 202, 300L, 401, 300L)));

  @Override
  public String toString() {
    return seconds.entrySet().stream()
        .map(each -> each.getKey() + " " + each.getValue() + "s")
        .collect(Collectors.joining(", "));
  }

  /// How it is written.
  static final class Spelling implements Grammar<CacheTimes> {
    private static final String EXPECTED = "such as 200 202 401 5m, 403 10s";

    @Override
    public Reading<CacheTimes> read(String text) {
      SortedMap<Integer, Long> seconds = new TreeMap<>();
      for (String part : text.split(",")) {
        String entry = part.strip();
        if (entry.isEmpty()) {
          continue;
        }
        Matcher matcher = ENTRY.matcher(entry);
        if (!matcher.matches()) {
          return new Reading.Fault<>(
              "holds \"" + entry + "\", which is no [status…] duration", EXPECTED);
        }
        long time = Math.min(LONGEST, seconds(Long.parseLong(matcher.group(2)), matcher.group(3)));
        String statuses = matcher.group(1).strip();
        for (String status : (statuses.isEmpty() ? USUAL_STATUS : statuses).split("\\s+")) {
          seconds.putIfAbsent(Integer.valueOf(status), time);
        }
      }
      return seconds.isEmpty()
          ? new Reading.Fault<>("holds no duration", EXPECTED)
          : new Reading.Value<>(new CacheTimes(Collections.unmodifiableSortedMap(seconds)));
    }

    private static long seconds(long number, String unit) {
      return switch (unit) {
        case "ms" -> number / 1_000;
        case "m" -> TimeUnit.MINUTES.toSeconds(number);
        case "h" -> TimeUnit.HOURS.toSeconds(number);
        case "d" -> TimeUnit.DAYS.toSeconds(number);
        case "w" -> TimeUnit.DAYS.toSeconds(7 * number);
        case "M" -> TimeUnit.DAYS.toSeconds(30 * number);
        case "y" -> TimeUnit.DAYS.toSeconds(365 * number);
        default -> number;
      };
    }

    @Override
    public String describe() {
      return "comma list of `[status…] duration`, with the units `ms`, `s`, `m`, `h`, `d`, `w`,"
          + " `M`, `y`";
    }

    @Override
    public String show(CacheTimes value) {
      return value.equals(USUAL) ? "200 202 401 5m" : value.toString();
    }
  }
}
