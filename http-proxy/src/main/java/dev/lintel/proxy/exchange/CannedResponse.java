package dev.lintel.proxy.exchange;

import dev.lintel.proxy.message.Status;
import java.nio.charset.StandardCharsets;

/// A response that is the same for every request: made once, with a route or a feature, and sent
/// without being put together again. Immutable, shared by all loops.
public final class CannedResponse {
  private static final byte[] NO_TYPE = {};

  private final int status;
  private final byte[] contentType;
  private final byte[] body;
  private final byte[][] fields;

  private CannedResponse(int status, byte[] contentType, byte[] body, byte[][] fields) {
    this.status = status;
    this.contentType = contentType;
    this.body = body;
    this.fields = fields;
  }

  /// A response of these parts; the arrays are kept, not copied.
  ///
  /// @param contentType empty for none
  /// @param namesAndValues more fields: name, value, name, value…; no framing fields
  public static CannedResponse of(
      int status, byte[] contentType, byte[] body, byte[]... namesAndValues) {
    if (namesAndValues.length % 2 != 0) {
      throw new IllegalArgumentException("a field name without a value");
    }
    return new CannedResponse(status, contentType, body, namesAndValues);
  }

  /// A short page in the style nginx's users know, e.g. `404 Not Found`.
  public static CannedResponse page(int status, String reason, byte[]... namesAndValues) {
    String title = status + " " + reason;
    String html =
        "<html>\r\n<head><title>"
            + title
            + "</title></head>\r\n<body>\r\n<center><h1>"
            + title
            + "</h1></center>\r\n</body>\r\n</html>\r\n";
    return of(status, ascii("text/html"), ascii(html), namesAndValues);
  }

  /// A short page with the words that nginx has for this status.
  public static CannedResponse page(int status, byte[]... namesAndValues) {
    return page(status, Status.words(status), namesAndValues);
  }

  /// A response without a body.
  public static CannedResponse empty(int status, byte[]... namesAndValues) {
    return of(status, NO_TYPE, NO_TYPE, namesAndValues);
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  /// Its status code.
  public int status() {
    return status;
  }

  /// Its body; not to be changed.
  public byte[] body() {
    return body;
  }

  byte[] contentType() {
    return contentType;
  }

  byte[][] fields() {
    return fields;
  }
}
