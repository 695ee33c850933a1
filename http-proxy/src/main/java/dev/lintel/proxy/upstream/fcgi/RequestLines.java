package dev.lintel.proxy.upstream.fcgi;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Where everything stands in a head that was written for an HTTP/1.1 upstream. The head is our
/// own, so its lines are what they should be.
final class RequestLines {
  private static final int MOST_FIELDS = 320;
  private static final int CASE = 0x20;

  /// ` HTTP/1.0` and the end of the line.
  private static final int VERSION = 11;

  private static final byte[] NONE = {};
  private static final byte[] HTTP = "HTTP_".getBytes(StandardCharsets.US_ASCII);

  private final int[] names = new int[MOST_FIELDS];
  private final int[] values = new int[MOST_FIELDS];
  private final int[] ends = new int[MOST_FIELDS];
  private byte[] head = NONE;
  private byte[] path = NONE;
  private int count;
  private int methodEnd;
  private int targetEnd;
  private int queryBegin;

  /// Reads a head.
  ///
  /// @return false where the path leads elsewhere once it is decoded, or there are too many fields
  boolean read(byte[] bytes, int length) {
    head = bytes;
    methodEnd = indexOf(0, ' ');
    int line = indexOf(methodEnd, '\n') + 1;
    targetEnd = line - VERSION;
    queryBegin = targetEnd;
    for (int i = methodEnd + 1; i < targetEnd; i++) {
      if (head[i] == '?') {
        queryBegin = i;
        break;
      }
    }
    return readFields(line, length) && decodePath();
  }

  private boolean readFields(int from, int length) {
    count = 0;
    int line = from;
    while (line < length && head[line] != '\r') {
      if (count == MOST_FIELDS) {
        return false;
      }
      int colon = indexOf(line, ':');
      int end = indexOf(colon, '\r');
      names[count] = line;
      values[count] = colon + 1;
      ends[count] = end;
      while (values[count] < ends[count] && isBlank(head[values[count]])) {
        values[count]++;
      }
      while (ends[count] > values[count] && isBlank(head[ends[count] - 1])) {
        ends[count]--;
      }
      count++;
      line = end + 2;
    }
    return true;
  }

  private static boolean isBlank(byte b) {
    return b == ' ' || b == '\t';
  }

  private int indexOf(int from, char wanted) {
    int i = from;
    while (head[i] != wanted) {
      i++;
    }
    return i;
  }

  private boolean decodePath() {
    byte[] out = new byte[queryBegin - methodEnd - 1];
    int p = 0;
    for (int i = methodEnd + 1; i < queryBegin; i++) {
      byte b = head[i];
      if (b == '%') {
        int high = i + 2 < queryBegin ? Character.digit(head[i + 1], 16) : -1;
        int low = high < 0 ? -1 : Character.digit(head[i + 2], 16);
        if (low < 0) {
          return false;
        }
        b = (byte) (high << 4 | low);
        i += 2;
      }
      if (b == 0) {
        return false;
      }
      out[p++] = b;
    }
    path = Arrays.copyOf(out, p);
    return !climbs();
  }

  /// Whether a segment is `..`: nobody may leave the directory of an application.
  private boolean climbs() {
    for (int i = 0; i + 1 < path.length; i++) {
      if (path[i] == '.'
          && path[i + 1] == '.'
          && (i == 0 || path[i - 1] == '/')
          && (i + 2 == path.length || path[i + 2] == '/')) {
        return true;
      }
    }
    return false;
  }

  // ------------------------------------------------------------------ what it says

  /// The head itself.
  byte[] bytes() {
    return head;
  }

  /// The path, decoded.
  byte[] path() {
    return path;
  }

  int methodEnd() {
    return methodEnd;
  }

  int targetBegin() {
    return methodEnd + 1;
  }

  int targetEnd() {
    return targetEnd;
  }

  /// Behind the `?`.
  int queryBegin() {
    return Math.min(queryBegin + 1, targetEnd);
  }

  /// How many fields there are.
  int count() {
    return count;
  }

  int value(int field) {
    return values[field];
  }

  int valueEnd(int field) {
    return ends[field];
  }

  /// The first field of this name; -1 where there is none.
  int find(byte[] lower) {
    for (int i = 0; i < count; i++) {
      if (isNamed(i, lower)) {
        return i;
      }
    }
    return -1;
  }

  boolean isNamed(int field, byte[] lower) {
    int from = names[field];
    for (int i = 0; i < lower.length; i++) {
      byte b = head[from + i];
      if ((b >= 'A' && b <= 'Z' ? b | CASE : b) != lower[i]) {
        return false;
      }
    }
    return head[from + lower.length] == ':';
  }

  // ------------------------------------------------------------------ names of parameters

  /// Whether a field of the same parameter came before.
  boolean isSaid(int field) {
    for (int i = 0; i < field; i++) {
      if (isSame(i, field)) {
        return true;
      }
    }
    return false;
  }

  /// Whether two fields become the same parameter.
  boolean isSame(int one, int other) {
    for (int i = 0; ; i++) {
      byte a = folded(head[names[one] + i]);
      byte b = folded(head[names[other] + i]);
      if (a != b) {
        return false;
      }
      if (a == ':') {
        return true;
      }
    }
  }

  private static byte folded(byte b) {
    if (b >= 'a' && b <= 'z') {
      return (byte) (b - CASE);
    }
    return b == '-' ? (byte) '_' : b;
  }

  /// The name of the parameter that a field becomes.
  byte[] param(int field) {
    int length = indexOf(names[field], ':') - names[field];
    byte[] name = Arrays.copyOf(HTTP, HTTP.length + length);
    for (int i = 0; i < length; i++) {
      name[HTTP.length + i] = folded(head[names[field] + i]);
    }
    return name;
  }
}
