package dev.lintel.ingress;

import java.util.ArrayList;
import java.util.List;

/// Runs several command lines one after another, each until a signal ends it: how the build of the
/// image has the Java machine learn the starts of `serve` and `controller` in one go. An AOT cache
/// holds what one process did, and wants the class path that it is used with later.
final class Rehearsal {
  private static final String SEPARATOR = "--";

  private Rehearsal() {}

  /// Ends the process with the exit code of the last one.
  ///
  /// @param args command lines with `--` between
  /// @throws IllegalStateException if an earlier one fails
  static void main(String[] args) {
    List<String> line = new ArrayList<>();
    for (String argument : args) {
      if (argument.equals(SEPARATOR)) {
        int code = Main.run(line.toArray(String[]::new));
        if (code != 0) {
          throw new IllegalStateException(line + " ended with " + code);
        }
        line.clear();
      } else {
        line.add(argument);
      }
    }
    Main.main(line.toArray(String[]::new));
  }
}
