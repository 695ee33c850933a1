package dev.lintel.ingress.feature.affinity;

import dev.lintel.proxy.exchange.Exchange;
import dev.lintel.proxy.filter.RequestFilter;
import dev.lintel.proxy.filter.Verdict;
import dev.lintel.proxy.message.Cookies;
import dev.lintel.proxy.message.HeaderName;
import dev.lintel.proxy.message.RequestHead;
import dev.lintel.proxy.message.Slice;
import dev.lintel.proxy.upstream.Upstream;
import dev.lintel.proxy.upstream.balance.Balancer;
import dev.lintel.proxy.upstream.balance.Choice;

/// Finds the key of a client's cookie. Of several cookies of the name that with the mark of the
/// upstream counts, else the first one with a key: a client that moves from one upstream to
/// another, or from ingress-nginx of old, which knew no marks, keeps its place on the ring.
final class CookieReader implements RequestFilter {
  private final HeaderName name;
  private final Balancer by;

  CookieReader(String name, Balancer by) {
    this.name = HeaderName.of(name);
    this.by = by;
  }

  @Override
  public Verdict onRequest(Exchange exchange) {
    Choice choice = exchange.choose(by);
    Upstream upstream = exchange.upstream();
    if (upstream != null) {
      read(exchange.request(), upstream.mark(), choice);
    }
    return Verdict.CONTINUE;
  }

  private void read(RequestHead head, byte[] mark, Choice choice) {
    Slice value = new Slice();
    boolean isFound = false;
    long at = Cookies.next(head, name, Cookies.FIRST, value);
    while (at != Cookies.NONE) {
      int end = keyEnd(value);
      boolean isOwn = isMarked(value, end, mark);
      if (end > 0 && (isOwn || !isFound)) {
        choice.key(value.set(value.bytes(), value.offset(), end), isOwn);
        isFound = true;
      }
      if (end > 0 && isOwn) {
        return;
      }
      at = Cookies.next(head, name, at, value);
    }
  }

  /// How long the key is; 0 where the value begins with nothing that could be one. What is not of
  /// our making is never sent back.
  private static int keyEnd(Slice value) {
    int end = 0;
    while (end < value.length() && isOfKey(value.at(end))) {
      end++;
    }
    boolean isWhole = end == value.length() || value.at(end) == '|';
    return isWhole && end <= Choice.LONGEST_KEY ? end : 0;
  }

  private static boolean isOfKey(byte b) {
    return b >= '0' && b <= '9' || b >= 'a' && b <= 'f' || b == '.';
  }

  private static boolean isMarked(Slice value, int end, byte[] mark) {
    if (value.length() != end + 1 + mark.length) {
      return false;
    }
    for (int i = 0; i < mark.length; i++) {
      if (value.at(end + 1 + i) != mark[i]) {
        return false;
      }
    }
    return true;
  }
}
