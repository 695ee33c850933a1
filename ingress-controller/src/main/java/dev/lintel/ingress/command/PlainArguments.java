package dev.lintel.ingress.command;

import dev.lintel.ingress.command.Flag.Kind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The arguments of a command line that holds nothing unusual: known flags in their full names with
/// a value each, and operands.
///
/// @param values by the flag's name; where one was given twice, the last
/// @param operands what is no flag, in its order
record PlainArguments(Map<String, String> values, List<String> operands) {
  /// Reads them, or returns null at the first that needs a closer look. Whether the values fit
  /// their flags is not judged.
  static @Nullable PlainArguments read(List<Flag> known, List<String> args) {
    Map<String, Flag> flags = HashMap.newHashMap(known.size());
    for (Flag flag : known) {
      flags.put(flag.name(), flag);
      if (flag.name().equals(ControllerFlags.VERBOSITY.name())) {
        flags.put("-v", flag);
      }
    }
    Map<String, String> values = new LinkedHashMap<>();
    List<String> operands = new ArrayList<>();
    for (int i = 0; i < args.size(); i++) {
      String argument = args.get(i);
      if (isOperand(argument)) {
        operands.add(argument);
        continue;
      }
      int equal = argument.indexOf('=');
      String name = equal < 0 ? argument : argument.substring(0, equal);
      Flag flag = flags.get(name);
      if (flag == null) {
        return null;
      }
      String next = i + 1 < args.size() ? args.get(i + 1) : null;
      String value = equal < 0 ? separate(flag, next) : argument.substring(equal + 1);
      if (value == null || !isPlain(value)) {
        return null;
      }
      if (equal < 0 && flag.kind() != Kind.TRUTH) {
        i++;
      }
      values.put(flag.name(), value);
    }
    return new PlainArguments(values, operands);
  }

  /// The value of a flag that has none of its own: the next argument, except that a bare truth is
  /// true, unless what follows might be meant as its value.
  private static @Nullable String separate(Flag flag, @Nullable String next) {
    if (flag.kind() == Kind.TRUTH) {
      return next == null || next.startsWith("--") ? "true" : null;
    }
    return next != null && isOperand(next) ? next : null;
  }

  private static boolean isOperand(String argument) {
    return isPlain(argument) && !argument.startsWith("-");
  }

  /// Quotes, files of arguments and empty values have rules of their own.
  private static boolean isPlain(String value) {
    return !value.isEmpty() && value.indexOf('"') < 0 && !value.startsWith("@");
  }
}
