package dev.lintel.ingress.feature.blocklist;

import dev.lintel.ingress.feature.Cidr;
import dev.lintel.ingress.feature.TextMatcher;
import dev.lintel.proxy.exchange.CannedResponse;
import dev.lintel.proxy.exchange.Exchange;
import dev.lintel.proxy.filter.RequestFilter;
import dev.lintel.proxy.filter.Verdict;
import dev.lintel.proxy.message.HeaderName;
import dev.lintel.proxy.message.RequestHead;
import dev.lintel.proxy.message.Slice;

/// Answers 403 to whom a list names. One for all routes of all configurations with the same lists.
final class BlockFilter implements RequestFilter {
  private static final CannedResponse FORBIDDEN = CannedResponse.page(403);
  private static final HeaderName USER_AGENT = HeaderName.of("User-Agent");
  private static final HeaderName REFERER = HeaderName.of("Referer");

  private final Cidr[] addresses;
  private final TextMatcher userAgents;
  private final TextMatcher referers;

  BlockFilter(BlockListSettings settings) {
    addresses = settings.addresses().toArray(Cidr[]::new);
    userAgents = new TextMatcher(settings.userAgents());
    referers = new TextMatcher(settings.referers());
  }

  @Override
  public Verdict onRequest(Exchange exchange) {
    RequestHead head = exchange.request();
    if (Cidr.anyContains(addresses, exchange.client().high(), exchange.client().low())
        || isNamed(head, USER_AGENT, userAgents)
        || isNamed(head, REFERER, referers)) {
      exchange.respond(FORBIDDEN);
      return Verdict.RESPONDED;
    }
    return Verdict.CONTINUE;
  }

  /// Each field of the name counts, so that a second one hides nothing.
  private static boolean isNamed(RequestHead head, HeaderName name, TextMatcher list) {
    if (list.isEmpty()) {
      return false;
    }
    Slice value = new Slice();
    int field = head.find(name);
    if (field < 0) {
      return list.fits(value);
    }
    while (field >= 0) {
      if (list.fits(head.value(field, value))) {
        return true;
      }
      field = head.next(name, field);
    }
    return false;
  }
}
