package dev.lintel.proxy.message;

/// Host and port as they stand in the field Host or in an absolute target. Reused for each message;
/// it remembers the host in lower case without a trailing dot.
final class Authority {
  private static final int LONGEST_HOST = 255;
  private static final byte[] HOST_BYTE = hostBytes();

  private final byte[] lower = new byte[LONGEST_HOST];
  private int length;
  private int port;

  private static byte[] hostBytes() {
    byte[] table = new byte[256];
    for (byte b : Octets.ascii("abcdefghijklmnopqrstuvwxyz0123456789-_.")) {
      table[b] = b;
    }
    for (byte b : Octets.ascii("ABCDEFGHIJKLMNOPQRSTUVWXYZ")) {
      table[b] = (byte) (b | 0x20);
    }
    return table;
  }

  void clear() {
    length = 0;
    port = -1;
  }

  /// Reads `[from, to)`; false where that is no host with an optional port. Names are of letters,
  /// digits, `-`, `_` and single dots, addresses as they are, IPv6 ones in brackets.
  boolean read(byte[] b, int from, int to) {
    clear();
    if (from == to) {
      return false;
    }
    int colon = b[from] == '[' ? literal(b, from, to) : name(b, from, to);
    if (colon < 0) {
      return false;
    }
    return colon == to || b[colon] == ':' && port(b, colon + 1, to);
  }

  /// Index behind the name, or -1.
  private int name(byte[] b, int from, int to) {
    int n = 0;
    int p = from;
    byte before = '.';
    for (; p < to; p++) {
      byte c = HOST_BYTE[b[p] & 0xff];
      if (c == 0) {
        break;
      }
      if (n == LONGEST_HOST || c == '.' && before == '.') {
        return -1;
      }
      lower[n++] = c;
      before = c;
    }
    if (before == '.') {
      n--;
    }
    length = n;
    return n <= 0 ? -1 : p;
  }

  /// Index behind the closing bracket, or -1.
  private int literal(byte[] b, int from, int to) {
    int n = 0;
    int colons = 0;
    for (int p = from; p < to && n < LONGEST_HOST; p++) {
      byte c = Octets.lower(b[p]);
      lower[n++] = c;
      if (c == ']') {
        length = n;
        return colons >= 2 ? p + 1 : -1;
      }
      if (c == ':') {
        colons++;
      } else if (p > from && c != '.' && Octets.hex(c) < 0) {
        return -1;
      }
    }
    return -1;
  }

  /// An empty port is none (RFC 3986 3.2.3).
  private boolean port(byte[] b, int from, int to) {
    if (from == to) {
      return true;
    }
    if (to - from > 5) {
      return false;
    }
    long number = Octets.decimal(b, from, to);
    port = (int) number;
    return number >= 0 && number <= 65535;
  }

  byte[] lower() {
    return lower;
  }

  int length() {
    return length;
  }

  /// -1 where there is none.
  int port() {
    return port;
  }

  boolean isSame(Authority other, int defaultPort) {
    if (length != other.length
        || (port < 0 ? defaultPort : port) != (other.port < 0 ? defaultPort : other.port)) {
      return false;
    }
    for (int i = 0; i < length; i++) {
      if (lower[i] != other.lower[i]) {
        return false;
      }
    }
    return true;
  }
}
