package dev.lintel.ingress.feature.rewrite;

import dev.lintel.proxy.exchange.CannedResponse;
import dev.lintel.proxy.exchange.Exchange;
import dev.lintel.proxy.filter.RequestFilter;
import dev.lintel.proxy.filter.Verdict;
import dev.lintel.proxy.message.Slice;
import dev.lintel.proxy.route.PathRegex;

/// Redirects (302) to a URL with the groups that the route's path captured; the query is kept.
final class RewriteRedirect implements RequestFilter {
  private static final CannedResponse REFUSED = CannedResponse.page(400);

  private final PathRegex regex;
  private final Replacement replacement;

  RewriteRedirect(PathRegex regex, Replacement replacement) {
    this.regex = regex;
    this.replacement = replacement;
  }

  @Override
  public Verdict onRequest(Exchange exchange) {
    int length = replacement.write(exchange, regex);
    if (length == Replacement.NO_MATCH) {
      return Verdict.CONTINUE;
    }
    byte[] out = exchange.loop().out();
    Slice query = exchange.request().query();
    if (length == Replacement.TOO_LONG || length + query.length() > out.length) {
      exchange.respond(REFUSED);
      return Verdict.RESPONDED;
    }
    System.arraycopy(query.bytes(), query.offset(), out, length, query.length());
    exchange.redirect(302, out, length + query.length());
    return Verdict.RESPONDED;
  }
}
