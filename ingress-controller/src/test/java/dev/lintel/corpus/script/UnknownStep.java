package dev.lintel.corpus.script;

/// A step that the vocabulary does not hold.
public final class UnknownStep extends RuntimeException {
  private static final long serialVersionUID = 1;

  public UnknownStep(String step) {
    super(step);
  }
}
