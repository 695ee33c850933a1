package dev.lintel.ingress.command;

/// A command line that cannot be carried out; its message is the whole sentence for the user.
final class UsageError extends RuntimeException {
  private static final long serialVersionUID = 1;

  UsageError(String message) {
    super(message, null, false, false);
  }
}
