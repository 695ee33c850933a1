package dev.lintel.ingress.snapshot;

import dev.lintel.ingress.problem.Problem;
import dev.lintel.ingress.problem.Problem.Severity;
import dev.lintel.ingress.problem.Problem.Source;

/// An object that does not have the shape of its kind. Thrown by the reader of one object and made
/// a `Problem` by the source that asked.
public final class InvalidObject extends Exception {
  private static final long serialVersionUID = 1L;

  private final String subject;
  private final String found;
  private final String expected;

  InvalidObject(String subject, String found, String expected) {
    super(subject + ": " + found + " (expected: " + expected + ")", null, false, false);
    this.subject = subject;
    this.found = found;
    this.expected = expected;
  }

  /// This fault as a problem of the object that stands at `source`.
  public Problem problem(Source source, String effect) {
    return new Problem.InvalidValue(source, subject, found, expected, effect, Severity.ERROR);
  }
}
