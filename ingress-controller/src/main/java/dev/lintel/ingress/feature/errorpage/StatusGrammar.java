package dev.lintel.ingress.feature.errorpage;

import dev.lintel.ingress.feature.Grammar;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// Statuses with commas between.
///
/// @param first the lowest one
/// @param leavesOut whether others, up to three digits, are left out rather than refused
record StatusGrammar(int first, boolean leavesOut) implements Grammar<List<Integer>> {
  private static final Pattern NUMBER = Pattern.compile("\\d{1,3}");
  private static final int LAST = 599;

  @Override
  public Reading<List<Integer>> read(String text) {
    TreeSet<Integer> statuses = new TreeSet<>();
    for (String part : text.split(",", -1)) {
      String number = part.strip();
      if (!NUMBER.matcher(number).matches()) {
        return new Reading.Fault<>("holds something that is no status", describe());
      }
      int status = Integer.parseInt(number);
      if (status >= first && status <= LAST) {
        statuses.add(status);
      } else if (!leavesOut) {
        return new Reading.Fault<>("holds " + status, describe());
      }
    }
    return new Reading.Value<>(List.copyOf(statuses));
  }

  @Override
  public String describe() {
    return "statuses from " + first + " to " + LAST + " with commas between";
  }

  @Override
  public String show(List<Integer> value) {
    return value.stream().map(String::valueOf).collect(Collectors.joining(","));
  }
}
