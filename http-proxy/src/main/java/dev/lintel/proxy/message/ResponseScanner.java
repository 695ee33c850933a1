package dev.lintel.proxy.message;

import org.jspecify.annotations.Nullable;

/// Reads the head of an upstream's response (RFC 9112 4 and 6.3) and validates it in the same pass.
/// Lines that end with LF alone are taken, but the connection is not used again then.
public final class ResponseScanner {
  private static final long HTTP_1_1 = (long) Octets.LONG.get(Octets.ascii("HTTP/1.1"), 0);
  private static final long HTTP_1_0 = (long) Octets.LONG.get(Octets.ascii("HTTP/1.0"), 0);
  private static final byte[] CHUNKED = Octets.ascii("chunked");
  private static final byte[] CLOSE = Octets.ascii("close");
  private static final byte[] KEEP_ALIVE = Octets.ascii("keep-alive");

  private ResponseScanner() {}

  /// Scans `in[from, to)` for one head. After [ScanResult#INCOMPLETE] call again with the same
  /// `from` and more bytes behind the same ones. `toHead` says that the request was a HEAD, whose
  /// answer never has a body.
  public static ScanResult scan(byte[] in, int from, int to, ResponseHead head, boolean toHead) {
    if (!head.inFields) {
      head.begin(in, from);
      int line = statusLine(in, from, to, head);
      if (line < 0) {
        if (head.malformed != null) {
          return ScanResult.MALFORMED;
        }
        if (to - from < ResponseHead.LONGEST_HEAD) {
          return ScanResult.INCOMPLETE;
        }
        head.malformed = Malformed.HEAD_TOO_LONG;
        return ScanResult.MALFORMED;
      }
      head.inFields = true;
      head.scanner.begin(line);
    } else {
      head.resume(in);
    }
    ScanResult result = head.scanner.scan(in, from, to);
    if (result == ScanResult.INCOMPLETE) {
      return result;
    }
    head.inFields = false;
    head.scannedEnd = head.scanner.next();
    if (result == ScanResult.COMPLETE) {
      head.malformed = framing(head, in[from + 7] == '1', toHead);
    } else {
      head.malformed = head.scanner.fault();
    }
    return head.malformed == null ? ScanResult.COMPLETE : ScanResult.MALFORMED;
  }

  private static int fault(ResponseHead head) {
    head.malformed = Malformed.STATUS_LINE;
    return -1;
  }

  /// Index behind the status line, or -1.
  private static int statusLine(byte[] b, int from, int to, ResponseHead head) {
    if (to - from < 13) {
      // Shorter than any status line: wrong already, or to be continued.
      for (int i = from; i < to && i < from + 5; i++) {
        if (b[i] != "HTTP/".charAt(i - from)) {
          return fault(head);
        }
      }
      return -1;
    }
    long version = (long) Octets.LONG.get(b, from);
    if (version != HTTP_1_1 && version != HTTP_1_0 || b[from + 8] != ' ') {
      return fault(head);
    }
    int code = from + 9;
    long status = Octets.decimal(b, code, code + 3);
    if (status < 100
        || status > 599
        || b[code + 3] != ' ' && b[code + 3] != '\r' && b[code + 3] != '\n') {
      return fault(head);
    }
    int end = Octets.controlAt(b, code + 3, to);
    while (end < to && b[end] == '\t') {
      end = Octets.controlAt(b, end + 1, to);
    }
    if (end == to || b[end] == '\r' && end + 1 == to) {
      return -1;
    }
    head.status = (int) status;
    head.statusText.set(b, code, end - code);
    if (b[end] == '\r' && b[end + 1] == '\n') {
      return end + 2;
    }
    return b[end] == '\n' ? end + 1 : fault(head);
  }

  private static @Nullable Malformed framing(ResponseHead head, boolean http11, boolean toHead) {
    FieldIndex fields = head.fields;
    long length = length(fields);
    if (length < -1) {
      return Malformed.CONTENT_LENGTH;
    }
    int coding = fields.first(KnownNames.TRANSFER_ENCODING);
    if (coding >= 0) {
      if (length >= 0) {
        return Malformed.TWO_FRAMINGS;
      }
      int from = fields.value(coding);
      if (!http11
          || fields.isRepeated(KnownNames.TRANSFER_ENCODING)
          || !Octets.isWord(fields.bytes(), from, fields.valueEnd(coding) - from, CHUNKED)) {
        return Malformed.TRANSFER_ENCODING;
      }
    }
    int status = head.status;
    boolean announced = length > 0 || coding >= 0;
    boolean clean = !head.scanner.isBareLf() && !sawBareLf(head);
    if (status < 200 || status == 204 || status == 304 || toHead) {
      head.framing = BodyFraming.NONE;
      head.contentLength = status < 200 || status == 204 ? -1 : length;
      // What is announced where nothing may come could be sent nevertheless.
      clean &= toHead || !announced;
    } else if (coding >= 0) {
      head.framing = BodyFraming.CHUNKED;
    } else if (length >= 0) {
      head.framing = length == 0 ? BodyFraming.NONE : BodyFraming.LENGTH;
      head.contentLength = length;
    } else {
      head.framing = BodyFraming.UNTIL_CLOSE;
    }
    head.reusable = clean && head.framing != BodyFraming.UNTIL_CLOSE && keepsAlive(fields, http11);
    return null;
  }

  private static boolean sawBareLf(ResponseHead head) {
    Slice text = head.statusText;
    return text.bytes()[text.offset() + text.length()] == '\n';
  }

  /// -1 without the field, -2 where it is no number or says two different ones.
  private static long length(FieldIndex fields) {
    long length = -1;
    for (int i = fields.first(KnownNames.CONTENT_LENGTH); i >= 0 && i < fields.count(); i++) {
      if (fields.id(i) == KnownNames.CONTENT_LENGTH) {
        long said = Octets.decimal(fields.bytes(), fields.value(i), fields.valueEnd(i));
        if (said < 0 || length >= 0 && length != said) {
          return -2;
        }
        length = said;
      }
    }
    return length;
  }

  private static boolean keepsAlive(FieldIndex fields, boolean http11) {
    boolean keep = false;
    for (int i = fields.first(KnownNames.CONNECTION); i >= 0 && i < fields.count(); i++) {
      if (fields.id(i) == KnownNames.CONNECTION) {
        byte[] b = fields.bytes();
        int end = fields.valueEnd(i);
        int p = fields.value(i);
        while (p < end) {
          int from = p;
          while (p < end && b[p] != ',' && b[p] != ' ' && b[p] != '\t') {
            p++;
          }
          if (Octets.isWord(b, from, p - from, CLOSE)) {
            return false;
          }
          keep |= Octets.isWord(b, from, p - from, KEEP_ALIVE);
          p++;
        }
      }
    }
    return http11 || keep;
  }
}
