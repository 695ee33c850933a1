package dev.lintel.proxy.fuzz;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.lintel.proxy.message.Slice;
import dev.lintel.proxy.message.TargetForms;

/// Paths: their forms hold no dot segment and no double slash, and reading the form an upstream
/// gets leads to the same forms again.
public final class PathTarget {
  private PathTarget() {}

  /// Called by the fuzzer.
  public static void fuzzerTestOneInput(byte[] input) {
    byte[] path = visible(input);
    TargetForms forms = new TargetForms();
    if (forms.canonicalise(path, 0, path.length) != null) {
      return;
    }
    String match = match(forms);
    String wire = wire(forms);
    Planted.at(match.contains("/b/") && new String(path, ISO_8859_1).contains("%2e"));
    for (String each : new String[] {match, wire}) {
      if (!each.startsWith("/") || (each + "/").contains("/../") || (each + "/").contains("/./")) {
        throw new AssertionError("a dot segment is left in " + each);
      }
    }
    if (match.contains("//")) {
      throw new AssertionError("a double slash is left in " + match);
    }
    byte[] again = wire.getBytes(ISO_8859_1);
    TargetForms second = new TargetForms();
    if (second.canonicalise(again, 0, again.length) != null) {
      throw new AssertionError("refused when read again: " + wire);
    }
    HeadTarget.same("path read again", match, match(second));
    HeadTarget.same("path for upstreams read again", wire, wire(second));
  }

  /// What the scanner lets through to here.
  private static byte[] visible(byte[] input) {
    byte[] path = new byte[input.length + 1];
    path[0] = '/';
    for (int i = 0; i < input.length; i++) {
      int c = input[i] & 0x7f;
      path[i + 1] =
          c <= ' ' || c == 0x7f || c == '?' || c == '#' || c == '\\' ? (byte) '.' : (byte) c;
    }
    return path;
  }

  private static String match(TargetForms forms) {
    Slice slice = new Slice();
    forms.match(slice);
    return new String(slice.toBytes(), ISO_8859_1);
  }

  private static String wire(TargetForms forms) {
    Slice slice = new Slice();
    forms.wire(slice);
    return new String(slice.toBytes(), ISO_8859_1);
  }
}
