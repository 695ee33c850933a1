package dev.lintel.proxy.message;

/// Writes the head of a request that the proxy sends beside the client's own: another request line,
/// the client's fields, and no body, whatever the client's request has.
///
/// Left out is what [UpstreamHeadWriter] leaves out. Nothing is added but `X-Request-ID` and what
/// the edits set: whoever sends such a request says itself what it tells of the client.
public final class SideHeadWriter {
  /// More bytes than are written beside the parts whose size is counted.
  private static final int OWN = 64;

  private SideHeadWriter() {}

  /// Bytes that [#write] needs at most.
  public static int most(RequestHead head, byte[] method, Slice target, HeaderEdits edits) {
    return method.length
        + target.length()
        + head.length()
        + head.requestId().length()
        + edits.size()
        + OWN;
  }

  /// Writes the head into `out` from `at` on and returns the index behind it.
  ///
  /// The head has its id; `edits` set `Host`. `out` has room for [#most] bytes.
  ///
  /// @param target in origin form, of bytes that may stand in a request line
  public static int write(
      RequestHead head, byte[] method, Slice target, HeaderEdits edits, byte[] out, int at) {
    int p = Octets.put(out, at, method);
    out[p++] = ' ';
    p = target.copyTo(out, p);
    p = Octets.put(out, p, RequestForm.KEPT.version());
    p = FieldRuns.copy(head.fields, UpstreamHeadWriter.ENDS_HERE | edits.known(), edits, out, p);
    p = UpstreamHeadWriter.requestId(head, out, p);
    return UpstreamHeadWriter.end(out, edits.write(out, p));
  }
}
