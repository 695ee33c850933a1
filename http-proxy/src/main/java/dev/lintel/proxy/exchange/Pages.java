package dev.lintel.proxy.exchange;

import java.nio.charset.StandardCharsets;

/// The short pages that stand for statuses, made once.
final class Pages {
  /// The answer of a healthy proxy to load balancers that ask on the ports for traffic.
  static final CannedResponse HEALTHY =
      CannedResponse.of(200, ascii("text/html"), new byte[0]);

  /// What `OPTIONS *` is answered with.
  static final CannedResponse OPTIONS =
      CannedResponse.empty(
          200, ascii("Allow"), ascii("GET, HEAD, POST, PUT, DELETE, PATCH, OPTIONS"));

  private static final CannedResponse[] BY_STATUS = new CannedResponse[600];

  static {
    for (int status = 300; status < BY_STATUS.length; status++) {
      String reason = CannedResponse.reason(status);
      if (!reason.isEmpty()) {
        BY_STATUS[status] = CannedResponse.page(status, reason);
      }
    }
  }

  private Pages() {}

  /// The page of a status; that of 500 where it has no name.
  static CannedResponse of(int status) {
    CannedResponse page = status > 0 && status < BY_STATUS.length ? BY_STATUS[status] : null;
    return page == null ? BY_STATUS[500] : page;
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
