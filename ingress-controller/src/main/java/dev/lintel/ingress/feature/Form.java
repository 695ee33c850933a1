package dev.lintel.ingress.feature;

/// Where a text comes to stand, and so which bytes are written as `%XX` in it.
public enum Form {
  /// In the value of a header field: no control bytes.
  FIELD("", true),
  /// In a request target or an address: what RFC 3986 lets stand there.
  TARGET("-._~!$&'()*+,;=:@/?%[]", false),
  /// As a part of a query: nothing but RFC 3986's unreserved characters.
  COMPONENT("-._~", false);

  private final boolean[] kept = new boolean[256];

  Form(String signs, boolean all) {
    for (int b = 0; b < kept.length; b++) {
      kept[b] =
          all
              ? b >= ' ' && b != 0x7f || b == '\t'
              : b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b >= '0' && b <= '9';
    }
    for (char sign : signs.toCharArray()) {
      kept[sign] = true;
    }
  }

  boolean keeps(int b) {
    return kept[b];
  }
}
