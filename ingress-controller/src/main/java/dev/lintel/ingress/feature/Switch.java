package dev.lintel.ingress.feature;

/// What nginx switches by a word; `true` and `false` are none.
public enum Switch {
  ON("on"),
  OFF("off");

  private final String word;

  Switch(String word) {
    this.word = word;
  }

  @Override
  public String toString() {
    return word;
  }
}
