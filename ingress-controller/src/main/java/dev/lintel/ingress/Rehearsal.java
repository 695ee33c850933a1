package dev.lintel.ingress;

import java.util.ArrayList;
import java.util.List;

/// Runs several command lines one after another, each until a signal ends it: how the build of the
/// image has the Java machine learn the starts of `serve` and `controller` in one go. An AOT cache
/// holds what one process did, and wants the class path that it is used with later.
final class Rehearsal {
  private static final String SEPARATOR = "--";

  private Rehearsal() {}

  /// Ends the process with the first exit code that is not 0.
  ///
  /// @param args command lines with `--` between
  static void main(String[] args) {
    List<String> line = new ArrayList<>();
    int code = 0;
    for (String argument : args) {
      if (argument.equals(SEPARATOR)) {
        code = code == 0 ? Main.run(line.toArray(String[]::new)) : code;
        line.clear();
      } else {
        line.add(argument);
      }
    }
    System.exit(code == 0 ? Main.run(line.toArray(String[]::new)) : code);
  }
}
