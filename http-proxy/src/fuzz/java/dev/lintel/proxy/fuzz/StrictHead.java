package dev.lintel.proxy.fuzz;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// A request's head as RFC 9112 has it, read line by line with no regard to speed.
///
/// @param target as it stands in the request line
/// @param length the value of Content-Length, or -1
/// @param bytes how long the head is, with the empty lines before it
record StrictHead(
    String method, String target, List<Field> fields, long length, boolean chunked, int bytes) {
  record Field(String name, String value) {}

  private static final String TCHAR = "!#$%&'*+-.^_`|~";

  /// The head at the begin of `text`, or null where it is incomplete or a strict reader refuses it.
  static @Nullable StrictHead read(String text) {
    int begin = 0;
    while (text.startsWith("\r\n", begin)) {
      begin += 2;
    }
    int end = text.indexOf("\r\n\r\n", begin);
    if (end < 0) {
      return null;
    }
    String[] lines = text.substring(begin, end).split("\r\n", -1);
    String[] words = lines[0].split(" ", -1);
    if (words.length != 3
        || !isToken(words[0])
        || !isVisible(words[1])
        || !words[2].matches("HTTP/1\\.[01]")) {
      return null;
    }
    List<Field> fields = new ArrayList<>();
    for (int i = 1; i < lines.length; i++) {
      Field field = field(lines[i]);
      if (field == null) {
        return null;
      }
      fields.add(field);
    }
    List<String> lengths = values(fields, "content-length");
    List<String> codings = values(fields, "transfer-encoding");
    boolean is11 = words[2].endsWith("1");
    int hosts = values(fields, "host").size();
    if (lengths.size() > 1
        || codings.size() > 1
        || hosts > 1
        || is11 && hosts == 0
        || !lengths.isEmpty() && (!codings.isEmpty() || !isLength(lengths.get(0)))
        || !codings.isEmpty() && !(is11 && codings.get(0).equalsIgnoreCase("chunked"))) {
      return null;
    }
    long length = lengths.isEmpty() ? -1 : Long.parseLong(lengths.get(0));
    return new StrictHead(words[0], words[1], fields, length, !codings.isEmpty(), end + 4);
  }

  private static @Nullable Field field(String line) {
    int colon = line.indexOf(':');
    if (colon < 1 || !isToken(line.substring(0, colon))) {
      return null;
    }
    String value = line.substring(colon + 1);
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c < ' ' && c != '\t' || c == 0x7f) {
        return null;
      }
    }
    return new Field(line.substring(0, colon), value.replaceAll("^[ \t]+|[ \t]+$", ""));
  }

  private static List<String> values(List<Field> fields, String name) {
    List<String> values = new ArrayList<>();
    for (Field field : fields) {
      if (field.name().toLowerCase(Locale.ROOT).equals(name)) {
        values.add(field.value());
      }
    }
    return values;
  }

  private static boolean isLength(String text) {
    return text.matches("[0-9]+") && new BigInteger(text).bitLength() < Long.SIZE;
  }

  private static boolean isToken(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean letter = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9';
      if (!letter && TCHAR.indexOf(c) < 0) {
        return false;
      }
    }
    return !text.isEmpty();
  }

  private static boolean isVisible(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) <= ' ' || text.charAt(i) >= 0x7f) {
        return false;
      }
    }
    return !text.isEmpty();
  }
}
