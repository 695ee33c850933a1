package dev.lintel.ingress.feature.upstreamredirect;

import dev.lintel.ingress.feature.Substitution;
import dev.lintel.proxy.exchange.Exchange;
import dev.lintel.proxy.filter.ResponseFilter;
import dev.lintel.proxy.message.HeaderName;
import dev.lintel.proxy.message.HeaderNames;
import dev.lintel.proxy.message.ResponseHead;
import dev.lintel.proxy.message.Slice;

/// Edits where an upstream redirects to. Shared by all loops.
final class RedirectFilter implements ResponseFilter {
  private static final HeaderName REFRESH = HeaderName.of("Refresh");
  private static final String URL = "url=";

  private final Substitution substitution;

  RedirectFilter(Substitution substitution) {
    this.substitution = substitution;
  }

  @Override
  public void onResponse(Exchange exchange, ResponseHead head) {
    if (!exchange.wasForwarded()) {
      return;
    }
    if (head.has(HeaderNames.LOCATION)) {
      edit(exchange, head, HeaderNames.LOCATION, false);
    }
    if (head.has(REFRESH)) {
      edit(exchange, head, REFRESH, true);
    }
  }

  /// @param behindUrl whether only what stands behind `url=` counts
  private void edit(Exchange exchange, ResponseHead head, HeaderName name, boolean behindUrl) {
    Slice value = new Slice();
    head.value(name, value);
    int skipped = behindUrl ? urlIn(value) : 0;
    if (skipped < 0) {
      return;
    }
    byte[] edited =
        substitution.apply(
            exchange.isTls(),
            exchange.request().host(),
            value.bytes(),
            value.offset() + skipped,
            value.length() - skipped);
    if (edited != null) {
      byte[] whole = new byte[skipped + edited.length];
      System.arraycopy(value.bytes(), value.offset(), whole, 0, skipped);
      System.arraycopy(edited, 0, whole, skipped, edited.length);
      head.set(name, whole);
    }
  }

  /// The index behind the first `url=`, in any case; -1 without one.
  private static int urlIn(Slice value) {
    for (int i = 0; i + URL.length() <= value.length(); i++) {
      int matched = 0;
      while (matched < URL.length() && lower(value.at(i + matched)) == URL.charAt(matched)) {
        matched++;
      }
      if (matched == URL.length()) {
        return i + matched;
      }
    }
    return -1;
  }

  private static int lower(byte b) {
    return b >= 'A' && b <= 'Z' ? b + 32 : b;
  }
}
