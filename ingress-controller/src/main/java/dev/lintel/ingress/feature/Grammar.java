package dev.lintel.ingress.feature;

/// How the text of one setting is read.
///
/// @param <T> what it denotes
public interface Grammar<T> {
  /// Reads a value: trimmed, never empty.
  Reading<T> read(String text);

  /// What a user may write, in words for the docs: `whole number, 0 to 100`.
  String describe();

  /// How a value is shown in problems, plans and docs, e.g. the default.
  default String show(T value) {
    return String.valueOf(value);
  }

  /// What became of a text.
  ///
  /// @param <T> what it denotes
  sealed interface Reading<T> {
    /// It was understood.
    record Value<T>(T value) implements Reading<T> {}

    /// It was not.
    ///
    /// @param found what is wrong with it, to stand after the quoted value: `is not a whole number`
    /// @param expected what would have been right
    record Fault<T>(String found, String expected) implements Reading<T> {}
  }
}
