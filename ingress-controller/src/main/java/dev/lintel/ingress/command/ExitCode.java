package dev.lintel.ingress.command;

/// The exit codes of `lintel`.
final class ExitCode {
  /// Done, or ended by a signal after a complete drain.
  static final int OK = 0;

  /// `check` found errors, or the command failed for a reason it has printed.
  static final int FAILED = 1;

  /// The command line cannot be carried out as written.
  static final int USAGE = 2;

  /// A port is in use or may not be opened.
  static final int PORT = 3;

  private ExitCode() {}
}
