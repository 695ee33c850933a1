package dev.lintel.ingress.command;

/// A command that could not do its work for a reason the user can act on; its message is the whole
/// sentence.
final class CommandFailed extends Exception {
  private static final long serialVersionUID = 1;

  CommandFailed(String message) {
    super(message);
  }
}
