package dev.lintel.tls;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/// One block of a PEM text (RFC 7468): `-----BEGIN label-----`, base64, `-----END label-----`.
///
/// @param label what the block says it is, e.g. `CERTIFICATE`
/// @param encrypted whether it carries the headers of an encrypted key (RFC 1421)
/// @param der the decoded bytes; empty where the block is encrypted
record Pem(String label, boolean encrypted, byte[] der) {
  private static final String BEGIN = "-----BEGIN ";
  private static final String END = "-----END ";
  private static final String DASHES = "-----";

  /// All blocks in order. Text between blocks is skipped, as openssl does: exports carry bag
  /// attributes and comments there.
  ///
  /// @param what how messages name the text, e.g. `the certificate`
  static List<Pem> blocks(byte[] text, String what) throws InvalidKeyMaterial {
    String all = new String(text, StandardCharsets.ISO_8859_1);
    List<Pem> blocks = new ArrayList<>();
    int at = all.indexOf(BEGIN);
    while (at >= 0) {
      int labelEnd = all.indexOf(DASHES, at + BEGIN.length());
      if (labelEnd < 0) {
        throw new InvalidKeyMaterial(what + " has a BEGIN line that does not end with five dashes");
      }
      String label = all.substring(at + BEGIN.length(), labelEnd);
      int bodyStart = labelEnd + DASHES.length();
      int bodyEnd = all.indexOf(END + label + DASHES, bodyStart);
      if (bodyEnd < 0) {
        throw new InvalidKeyMaterial(
            what + " is cut off (expected: a line END " + printable(label) + " after its BEGIN)");
      }
      blocks.add(block(label, all.substring(bodyStart, bodyEnd), what));
      at = all.indexOf(BEGIN, bodyEnd);
    }
    return blocks;
  }

  private static Pem block(String label, String body, String what) throws InvalidKeyMaterial {
    if (body.contains("Proc-Type:")) {
      return new Pem(label, true, new byte[0]);
    }
    StringBuilder base64 = new StringBuilder(body.length());
    for (int i = 0; i < body.length(); i++) {
      char c = body.charAt(i);
      if (c > ' ') {
        base64.append(c);
      }
    }
    try {
      return new Pem(label, false, Base64.getDecoder().decode(base64.toString()));
    } catch (IllegalArgumentException _) {
      throw new InvalidKeyMaterial(
          what + " is not base64 between BEGIN and END " + printable(label));
    }
  }

  private static String printable(String label) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < Math.min(label.length(), 40); i++) {
      char c = label.charAt(i);
      out.append(c >= ' ' && c < 0x7f ? c : '?');
    }
    return out.toString();
  }
}
