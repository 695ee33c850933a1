package dev.lintel.ingress.command;

/// One flag of `lintel controller`, under the name that ingress-nginx gave it.
///
/// @param name with its dashes, e.g. `--http-port`
/// @param preset the value where the flag is not given, as text
/// @param hasEffect whether this version acts on it; a flag that is only accepted gets one warning
/// @param text one line for `--help`
record Flag(String name, Kind kind, String preset, boolean hasEffect, String text) {
  /// The grammar of a value, as Go's flag library reads it.
  enum Kind {
    /// Any text.
    TEXT("text"),
    /// `true` or `false`; the bare flag means true.
    TRUTH("true|false"),
    /// A whole number.
    NUMBER("number"),
    /// A TCP port; 0 means any free one.
    PORT("port"),
    /// A whole number of seconds.
    SECONDS("seconds"),
    /// A Go duration such as `30s` or `1m30s`.
    DURATION("duration"),
    /// Numbers with commas between.
    DECIMALS("number,…"),
    /// `namespace/name` of an object.
    OBJECT("namespace/name");

    private final String label;

    Kind(String label) {
      this.label = label;
    }

    /// How the value is called in `--help`.
    String label() {
      return label;
    }
  }
}
