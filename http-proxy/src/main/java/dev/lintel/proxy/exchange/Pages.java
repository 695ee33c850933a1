package dev.lintel.proxy.exchange;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// Answers of our own that are no failures, made once.
final class Pages {
  /// The answer of a healthy proxy to load balancers that ask on the ports for traffic.
  static final CannedResponse HEALTHY = CannedResponse.of(200, ascii("text/html"), new byte[0]);

  /// What `OPTIONS *` is answered with.
  static final CannedResponse OPTIONS =
      CannedResponse.empty(
          200, ascii("Allow"), ascii("GET, HEAD, POST, PUT, DELETE, PATCH, OPTIONS"));

  private static final int FIRST_REDIRECT = 300;
  private static final CannedResponse[] REDIRECTS = new CannedResponse[100];

  static {
    for (int i = 0; i < REDIRECTS.length; i++) {
      REDIRECTS[i] = CannedResponse.page(FIRST_REDIRECT + i);
    }
  }

  private Pages() {}

  /// The page that goes with a redirect; that of 302 for what is none.
  static CannedResponse redirect(int status) {
    int i = status - FIRST_REDIRECT;
    @Nullable CannedResponse page = i >= 0 && i < REDIRECTS.length ? REDIRECTS[i] : null;
    return page == null ? REDIRECTS[2] : page;
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
