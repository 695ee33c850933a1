package dev.lintel.corpus.client;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Parts the bytes of a connection into responses, by RFC 9112 section 6.3.
final class Answers {
  private final String bytes;
  private final boolean ended;
  private final List<String> methods;
  private final List<Answer> found = new ArrayList<>();
  private int at;
  private boolean garbage;

  private Answers(String bytes, boolean ended, List<String> methods) {
    this.bytes = bytes;
    this.ended = ended;
    this.methods = methods;
  }

  /// @param ended whether no more bytes come
  /// @param methods of the requests in their order; what comes after them was no HEAD
  static List<Answer> parse(String bytes, boolean ended, List<String> methods) {
    Answers answers = new Answers(bytes, ended, methods);
    while (answers.at < bytes.length() && !answers.garbage) {
      answers.next();
    }
    return answers.found;
  }

  private void next() {
    int end = bytes.indexOf("\r\n\r\n", at);
    String head = end < 0 ? bytes.substring(at) : bytes.substring(at, end);
    String[] parts = head.split("[ \r]", 3);
    if (end < 0 || parts.length < 2 || !parts[1].matches("\\d{3}") || !head.startsWith("HTTP/1.")) {
      garbage = true;
      found.add(new Answer(0, head, "", false));
      return;
    }
    at = end + 4;
    int status = Integer.parseInt(parts[1]);
    Answer bare = new Answer(status, head, "", true);
    if (bare.isInterim() || status == 204 || status == 304 || method().equals("HEAD")) {
      found.add(bare);
    } else if (status == 101) {
      found.add(new Answer(status, head, rest(), true));
    } else if (!bare.values("transfer-encoding").isEmpty()) {
      chunks(status, head);
    } else if (!bare.values("content-length").isEmpty()) {
      int length = Integer.parseInt(bare.values("content-length").getFirst());
      String body = bytes.substring(at, Math.min(bytes.length(), at + length));
      at += body.length();
      found.add(new Answer(status, head, body, body.length() == length));
    } else {
      found.add(new Answer(status, head, rest(), ended));
    }
  }

  private String method() {
    long before = found.stream().filter(a -> !a.isInterim()).count();
    return before < methods.size() ? methods.get((int) before) : "GET";
  }

  private String rest() {
    String rest = bytes.substring(at);
    at = bytes.length();
    return rest;
  }

  private void chunks(int status, String head) {
    StringBuilder body = new StringBuilder();
    boolean complete = false;
    while (true) {
      int line = bytes.indexOf("\r\n", at);
      if (line < 0) {
        break;
      }
      int size = Integer.parseInt(bytes.substring(at, line).toLowerCase(Locale.ROOT), 16);
      int data = line + 2;
      if (size == 0) {
        int end = bytes.indexOf("\r\n", data);
        complete = end >= 0;
        at = complete ? end + 2 : bytes.length();
        break;
      }
      if (data + size + 2 > bytes.length()) {
        body.append(bytes, Math.min(data, bytes.length()), bytes.length());
        break;
      }
      body.append(bytes, data, data + size);
      at = data + size + 2;
    }
    if (!complete) {
      at = bytes.length();
    }
    found.add(new Answer(status, head, body.toString(), complete));
  }
}
