package dev.lintel.proxy.exchange;

import dev.lintel.proxy.message.HeaderName;
import dev.lintel.proxy.message.HeaderNames;
import dev.lintel.proxy.message.ResponseHead;
import dev.lintel.proxy.message.Status;
import java.nio.charset.StandardCharsets;

/// A response that is the same for every request: made once, with a route or a feature, and sent
/// without being put together again. Immutable, shared by all loops.
public final class CannedResponse {
  private static final byte[] NO_TYPE = {};

  private final int status;
  private final byte[] contentType;
  private final byte[] body;
  private final HeaderName[] names;
  private final byte[][] values;

  private CannedResponse(
      int status, byte[] contentType, byte[] body, HeaderName[] names, byte[][] values) {
    this.status = status;
    this.contentType = contentType;
    this.body = body;
    this.names = names;
    this.values = values;
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
    int count = namesAndValues.length / 2;
    HeaderName[] names = new HeaderName[count];
    byte[][] values = new byte[count][];
    for (int i = 0; i < count; i++) {
      names[i] = HeaderName.of(new String(namesAndValues[2 * i], StandardCharsets.ISO_8859_1));
      values[i] = namesAndValues[2 * i + 1];
    }
    return new CannedResponse(status, contentType, body, names, values);
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

  /// Makes `head` the head of this response; the length of a body is left to the caller.
  void describe(ResponseHead head) {
    boolean bodiless = status == 204 || status == 304;
    head.answer(status, bodiless ? -1 : body.length);
    if (contentType.length > 0) {
      head.set(HeaderNames.CONTENT_TYPE, contentType);
    }
    addFields(head);
  }

  /// Adds the fields beyond those of the body.
  void addFields(ResponseHead head) {
    for (int i = 0; i < names.length; i++) {
      head.add(names[i], values[i]);
    }
  }
}
