package dev.lintel.proxy.message.h2;

import io.netty.util.AsciiString;

/// Names of fields that HTTP/2 treats otherwise than HTTP/1.1 does.
public final class H2Names {
  private static final AsciiString[] OF_CONNECTION = {
    AsciiString.cached("connection"),
    AsciiString.cached("keep-alive"),
    AsciiString.cached("proxy-connection"),
    AsciiString.cached("transfer-encoding"),
    AsciiString.cached("upgrade")
  };

  private H2Names() {}

  /// Whether fields of this name, in lower case, make a message of HTTP/2 malformed (RFC 9113
  /// 8.2.2).
  public static boolean isOfConnection(CharSequence name) {
    for (AsciiString forbidden : OF_CONNECTION) {
      if (AsciiString.contentEquals(forbidden, name)) {
        return true;
      }
    }
    return false;
  }
}
