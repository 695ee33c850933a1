package dev.lintel.ingress.feature;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Times as nginx writes them: whole numbers with the units `d`, `h`, `m`, `s`, the greatest first,
/// or seconds without a unit.
///
/// @param atLeast the shortest one allowed
/// @param atMost the longest one
record Times(Duration atLeast, Duration atMost) implements Grammar<Duration> {
  private static final Pattern FORM =
      Pattern.compile("(?:(\\d{1,6})d)? ?(?:(\\d{1,6})h)? ?(?:(\\d{1,6})m)? ?(?:(\\d{1,9})s?)?");

  @Override
  public Reading<Duration> read(String text) {
    Matcher matcher = FORM.matcher(text);
    if (!matcher.matches()) {
      return new Reading.Fault<>("is not a time", "a time such as 1h, 90s or 1h30m");
    }
    Duration time =
        Duration.ofDays(number(matcher, 1))
            .plusHours(number(matcher, 2))
            .plusMinutes(number(matcher, 3))
            .plusSeconds(number(matcher, 4));
    return time.compareTo(atLeast) < 0 || time.compareTo(atMost) > 0
        ? new Reading.Fault<>(
            "is out of bounds", "a time from " + show(atLeast) + " to " + show(atMost))
        : new Reading.Value<>(time);
  }

  private static long number(Matcher matcher, int group) {
    String digits = matcher.group(group);
    return digits == null ? 0 : Long.parseLong(digits);
  }

  @Override
  public String describe() {
    return "time such as `1h`, `90s` or `1h30m`, from " + show(atLeast) + " to " + show(atMost);
  }

  @Override
  public String show(Duration value) {
    StringBuilder text = new StringBuilder();
    append(text, value.toDaysPart(), 'd');
    append(text, value.toHoursPart(), 'h');
    append(text, value.toMinutesPart(), 'm');
    append(text, value.toSecondsPart(), 's');
    return text.isEmpty() ? "0s" : text.toString();
  }

  private static void append(StringBuilder text, long number, char unit) {
    if (number > 0) {
      text.append(number).append(unit);
    }
  }
}
