package dev.lintel.proxy.message;

/// Writes the head of a request for the page that goes with a status: what the client says of
/// itself and what it would like to read, but nothing about a body, a part or an earlier copy, and
/// no credentials.
public final class PageRequestWriter {
  private static final byte[] GET = Octets.ascii("GET / HTTP/1.1\r\n");
  private static final byte[] HEAD = Octets.ascii("HEAD / HTTP/1.1\r\n");
  private static final byte[] CODE = Octets.ascii("X-Code: ");
  private static final byte[] FORMAT = Octets.ascii("\r\nX-Format: ");
  private static final byte[] ORIGINAL_URI = Octets.ascii("\r\nX-Original-URI: ");
  private static final HeaderName ACCEPT = HeaderName.of("Accept");
  private static final int OWN = 1024;

  /// Never changed once it is made.
  private static final HeaderEdits WITHOUT = new HeaderEdits();

  static {
    for (String name :
        new String[] {
          "Authorization",
          "Content-Type",
          "Content-Encoding",
          "Content-Language",
          "Content-Location",
          "Content-Range",
          "Range",
          "If-Range",
          "If-Match",
          "If-None-Match",
          "If-Modified-Since",
          "If-Unmodified-Since",
          "X-Code",
          "X-Format",
          "X-Namespace",
          "X-Ingress-Name",
          "X-Service-Name",
          "X-Service-Port"
        }) {
      WITHOUT.remove(HeaderName.of(name));
    }
  }

  private PageRequestWriter() {}

  /// Bytes that [#write] needs at most.
  public static int most(RequestHead head, ConnectionTail tail, byte[] fields) {
    byte[] host = tail.host();
    int given = host == null ? 0 : host.length;
    return 4 * head.length() + tail.lines().length + given + fields.length + OWN;
  }

  /// Writes the head into `out`, which has room for [#most] bytes, and returns its length.
  ///
  /// @param status what the page is about
  /// @param fields more fields, as lines with their CRLF
  public static int write(
      RequestHead head, ConnectionTail tail, int status, byte[] fields, byte[] out) {
    int p = Octets.put(out, 0, head.method() == Method.HEAD ? HEAD : GET);
    p = UpstreamHeadWriter.fields(head, WITHOUT, out, p);
    p = UpstreamHeadWriter.about(head, tail, out, p);
    p = Octets.put(out, p, CODE);
    p = Octets.putDecimal(out, p, status);
    int accept = head.find(ACCEPT);
    if (accept >= 0) {
      FieldIndex index = head.fields;
      p = Octets.put(out, p, FORMAT);
      int length = index.valueEnd(accept) - index.value(accept);
      System.arraycopy(index.bytes(), index.value(accept), out, p, length);
      p += length;
    }
    p = Octets.put(out, p, ORIGINAL_URI);
    p = Octets.put(out, p, head.requestUri());
    p = UpstreamHeadWriter.end(out, p);
    p = Octets.put(out, p, fields);
    return UpstreamHeadWriter.end(out, p);
  }
}
