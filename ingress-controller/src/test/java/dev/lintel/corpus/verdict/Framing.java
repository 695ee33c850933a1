package dev.lintel.corpus.verdict;

import java.util.regex.Pattern;

/// A strict reading of a request, independent of the product's: whether it leaves any doubt about
/// where it ends.
final class Framing {
  private static final String TOKEN = "[A-Za-z0-9!#$%&'*+.^_`|~-]+";
  private static final Pattern START = Pattern.compile(TOKEN + " [!-~\\x80-\\xff]+ HTTP/1\\.[01]");
  private static final Pattern FIELD =
      Pattern.compile(TOKEN + ":[ \\t]*(?:[!-~\\x80-\\xff](?:[ \\t!-~\\x80-\\xff]*))?");
  private static final Pattern LENGTH = Pattern.compile("(?i)content-length:[ \\t]*(\\S*)[ \\t]*");
  private static final Pattern CODING = Pattern.compile("(?i)transfer-encoding:.*");
  private static final Pattern DIGITS = Pattern.compile("\\d{1,18}");

  private Framing() {}

  /// Whether the head is well-formed and its framing is one of those nobody argues about.
  static boolean isClear(String raw) {
    int end = raw.indexOf("\r\n\r\n");
    if (end < 0) {
      return false;
    }
    String[] lines = raw.substring(0, end).split("\r\n", -1);
    if (!START.matcher(lines[0]).matches()) {
      return false;
    }
    int lengths = 0;
    long length = 0;
    for (int i = 1; i < lines.length; i++) {
      var found = LENGTH.matcher(lines[i]);
      if (!FIELD.matcher(lines[i]).matches() || CODING.matcher(lines[i]).matches()) {
        return false;
      }
      if (found.matches()) {
        if (!DIGITS.matcher(found.group(1)).matches()) {
          return false;
        }
        length = Long.parseLong(found.group(1));
        lengths++;
      }
    }
    return lengths == 0 || lengths == 1 && raw.length() >= end + 4 + length;
  }
}
