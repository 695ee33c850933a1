package dev.lintel.ingress.feature;

/// One entry of a list of texts, compared as nginx's `map` does it.
///
/// @param kind how it is compared
/// @param text without the mark of its kind, quotes and their escapes
public record TextPattern(Kind kind, String text) {
  /// How a text is compared with an entry.
  public enum Kind {
    /// As a whole, without regard to case.
    WHOLE(""),
    /// A regular expression that is found anywhere.
    REGEX("~"),
    /// The same without regard to case.
    REGEX_ANY_CASE("~*");

    private final String mark;

    Kind(String mark) {
      this.mark = mark;
    }
  }

  /// The entry as it is written without quotes; [#of] reads it.
  public String written() {
    boolean looksMarked = text.startsWith("~") || text.startsWith("\\");
    return kind == Kind.WHOLE && looksMarked ? "\\" + text : kind.mark + text;
  }

  /// The entry of these characters.
  public static TextPattern of(String entry) {
    for (Kind kind : new Kind[] {Kind.REGEX_ANY_CASE, Kind.REGEX}) {
      if (entry.startsWith(kind.mark)) {
        return new TextPattern(kind, entry.substring(kind.mark.length()));
      }
    }
    return new TextPattern(Kind.WHOLE, entry.startsWith("\\") ? entry.substring(1) : entry);
  }

  /// Whether it was meant for something else than a text as it stands.
  public boolean looksLikeGlob() {
    return kind == Kind.WHOLE && text.indexOf('*') >= 0;
  }

  @Override
  public String toString() {
    return "\"" + kind.mark + text.replace("\"", "\\\"") + "\"";
  }
}
