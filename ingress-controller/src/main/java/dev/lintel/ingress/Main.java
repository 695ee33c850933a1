package dev.lintel.ingress;

import dev.lintel.ingress.command.LintelCommand;

/// Where the process begins and ends.
public final class Main {
  private Main() {}

  /// Runs one `lintel` command line and ends the process with its exit code, whatever threads still
  /// run.
  public static void main(String[] args) {
    System.exit(run(args));
  }

  static int run(String... args) {
    return LintelCommand.run(args);
  }
}
