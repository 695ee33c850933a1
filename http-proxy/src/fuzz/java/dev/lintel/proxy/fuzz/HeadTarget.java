package dev.lintel.proxy.fuzz;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.lintel.proxy.message.RequestHead;
import dev.lintel.proxy.message.RequestScanner;
import dev.lintel.proxy.message.ScanResult;
import dev.lintel.proxy.message.TargetForms;
import java.util.Arrays;

/// Heads of requests over HTTP/1.1: what is accepted, a strict reader accepts as well and reads
/// alike, and it does not matter where the bytes are cut.
public final class HeadTarget {
  private HeadTarget() {}

  /// Called by the fuzzer.
  public static void fuzzerTestOneInput(byte[] input) {
    RequestHead whole = new RequestHead();
    ScanResult result = RequestScanner.scan(input, 0, input.length, whole, false);
    checkPieces(input, result, whole);
    if (result != ScanResult.COMPLETE) {
      return;
    }
    Planted.at(!whole.query().isEmpty() && whole.contentLength() < 0);
    StrictHead strict = StrictHead.read(new String(input, ISO_8859_1));
    if (strict == null) {
      throw new AssertionError("a strict reader refuses it");
    }
    same("method", strict.method(), whole.methodName().toString());
    same("target", strict.target(), whole.target().toString());
    same("chunked", strict.chunked(), whole.isChunked());
    same("length of the head", strict.bytes(), whole.length());
    same("number of fields", strict.fields().size(), whole.fieldCount());
    if (!whole.isChunked()) {
      same("length of the body", Math.max(0, strict.length()), Math.max(0, whole.contentLength()));
    }
    if (!whole.isAsterisk()) {
      byte[] wire = whole.wirePath().toBytes();
      TargetForms forms = new TargetForms();
      if (forms.canonicalise(wire, 0, wire.length) != null) {
        throw new AssertionError("the upstream could not read its path");
      }
    }
  }

  private static void checkPieces(byte[] input, ScanResult expected, RequestHead whole) {
    RequestHead head = new RequestHead();
    int step = Math.max(1, input.length / 16);
    ScanResult result = ScanResult.INCOMPLETE;
    int to = 0;
    while (result == ScanResult.INCOMPLETE && to < input.length) {
      to = Math.min(input.length, to + step);
      result = RequestScanner.scan(Arrays.copyOf(input, to), 0, to, head, false);
    }
    same("result in pieces", expected, result);
    if (result == ScanResult.COMPLETE) {
      same("target in pieces", whole.target().toString(), head.target().toString());
      same("path in pieces", whole.path().toString(), head.path().toString());
      same("head in pieces", whole.length(), head.length());
    }
  }

  static void same(String what, Object expected, Object actual) {
    if (!expected.equals(actual)) {
      throw new AssertionError(what + " is " + actual + " (expected: " + expected + ")");
    }
  }
}
