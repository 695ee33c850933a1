package dev.lintel.proxy.fuzz;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.lintel.proxy.message.BodyFraming;
import dev.lintel.proxy.message.ResponseHead;
import dev.lintel.proxy.message.ResponseHeadWriter;
import dev.lintel.proxy.message.ResponseScanner;
import dev.lintel.proxy.message.ScanResult;
import dev.lintel.proxy.message.Slice;
import dev.lintel.proxy.message.Upgrade;
import java.util.Arrays;
import java.util.Locale;

/// Heads of responses from upstreams over HTTP/1.1: whatever is accepted is written for the client
/// so that it can be read in one way only, and that is how it was read here; where the bytes are
/// cut does not matter.
public final class ResponseTarget {
  private static final byte[] DATE = "Sun, 06 Nov 1994 08:49:37 GMT".getBytes(US_ASCII);

  /// As many as any head may have that is read here; a response that has them all goes on with
  /// those that are added to it, which a browser takes and this reader does not.
  private static final int MOST_FIELDS = 256;

  /// Date, Connection, and how the body is framed.
  private static final int MOST_ADDED = 3;

  private ResponseTarget() {}

  /// Called by the fuzzer.
  public static void fuzzerTestOneInput(byte[] input) {
    ResponseHead whole = new ResponseHead();
    ScanResult result = ResponseScanner.scan(input, 0, input.length, whole, false);
    checkPieces(input, result, whole);
    if (result != ScanResult.COMPLETE) {
      return;
    }
    Planted.at(whole.contentLength() > 9 && !whole.isReusable());
    byte[] out = new byte[ResponseHeadWriter.most(whole)];
    int end = ResponseHeadWriter.write(whole, true, false, Upgrade.NONE, DATE, out, 0);
    checkLines(new String(out, 0, end, ISO_8859_1), whole);
    if (fields(whole) + MOST_ADDED > MOST_FIELDS) {
      return;
    }
    ResponseHead again = new ResponseHead();
    HeadTarget.same(
        "what is written", ScanResult.COMPLETE, ResponseScanner.scan(out, 0, end, again, false));
    HeadTarget.same("status read again", whole.status(), again.status());
    HeadTarget.same("length read again", whole.contentLength(), again.contentLength());
    HeadTarget.same("length of what is written", end, again.length());
  }

  private static int fields(ResponseHead head) {
    Slice name = new Slice();
    Slice value = new Slice();
    int count = 0;
    head.rewind();
    while (head.nextField(name, value)) {
      count++;
    }
    return count;
  }

  /// Lines of names and values, of which one at the most says how the body is framed.
  private static void checkLines(String text, ResponseHead head) {
    if (!text.endsWith("\r\n\r\n")) {
      throw new AssertionError("no end: " + text);
    }
    String[] lines = text.substring(0, text.length() - 4).split("\r\n", -1);
    int framings = 0;
    for (int i = 0; i < lines.length; i++) {
      for (int at = 0; at < lines[i].length(); at++) {
        char c = lines[i].charAt(at);
        if (c < ' ' && c != '\t' || c == 0x7f) {
          throw new AssertionError("a control byte in " + lines[i]);
        }
      }
      if (i > 0 && !lines[i].matches("[!#$%&'*+.^_`|~0-9A-Za-z-]+:(?s:.*)")) {
        throw new AssertionError("not a field: " + lines[i]);
      }
      String lower = lines[i].toLowerCase(Locale.ROOT);
      if (lower.startsWith("content-length:") || lower.startsWith("transfer-encoding:")) {
        framings++;
      }
    }
    boolean framed =
        head.contentLength() >= 0 || ResponseHeadWriter.framing(head, true) == BodyFraming.CHUNKED;
    HeadTarget.same("framings", framed && !head.isInterim() ? 1 : 0, framings);
  }

  private static void checkPieces(byte[] input, ScanResult expected, ResponseHead whole) {
    ResponseHead head = new ResponseHead();
    int step = Math.max(1, input.length / 16);
    ScanResult result = ScanResult.INCOMPLETE;
    int to = 0;
    while (result == ScanResult.INCOMPLETE && to < input.length) {
      to = Math.min(input.length, to + step);
      result = ResponseScanner.scan(Arrays.copyOf(input, to), 0, to, head, false);
    }
    HeadTarget.same("result in pieces", expected, result);
    if (result == ScanResult.COMPLETE) {
      HeadTarget.same("status in pieces", whole.status(), head.status());
      HeadTarget.same("framing in pieces", whole.framing(), head.framing());
      HeadTarget.same("length in pieces", whole.contentLength(), head.contentLength());
      HeadTarget.same("head in pieces", whole.length(), head.length());
      HeadTarget.same("reuse in pieces", whole.isReusable(), head.isReusable());
    }
  }
}
