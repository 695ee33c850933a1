package dev.lintel.proxy.observe;

/// How the bytes of a request stand in a log line, so that no client can forge a line or drive a
/// terminal.
public enum Escape {
  /// As nginx does: `"`, `\`, and what is no visible ASCII as `\xHH`; `-` for nothing.
  DEFAULT,
  /// Within a JSON string: control bytes escaped, other bytes as they are; nothing for nothing.
  JSON,
  /// As they are (`log-format-escape-none`); nothing for nothing.
  NONE;

  private final boolean[] plain = new boolean[256];

  Escape() {
    for (int b = 0; b < 256; b++) {
      boolean special = b == '"' || b == '\\' || b < ' ';
      plain[b] =
          switch (name()) {
            case "DEFAULT" -> !special && b < 0x7f;
            case "JSON" -> !special;
            default -> true;
          };
    }
  }

  /// For each byte whether it stands for itself; not to be changed.
  boolean[] plain() {
    return plain;
  }
}
