package dev.lintel.proxy.route;

/// A backtracking expression used up its steps on a path: whether it matches is not known. Thrown
/// without a stack, since a client can cause it at will.
public final class RegexTooCostly extends RuntimeException {
  private static final long serialVersionUID = 1L;

  static final RegexTooCostly INSTANCE = new RegexTooCostly();

  private RegexTooCostly() {
    super("regular expression used up its steps", null, false, false);
  }
}
