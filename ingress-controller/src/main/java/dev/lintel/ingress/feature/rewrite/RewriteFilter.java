package dev.lintel.ingress.feature.rewrite;

import dev.lintel.proxy.exchange.CannedResponse;
import dev.lintel.proxy.exchange.Exchange;
import dev.lintel.proxy.filter.RequestFilter;
import dev.lintel.proxy.filter.Verdict;
import dev.lintel.proxy.route.PathRegex;

/// Replaces the whole path by a text with the groups that the route's path captured. A result that
/// may not be forwarded (no path, a dot segment in any reading) is answered with 400.
final class RewriteFilter implements RequestFilter {
  private static final CannedResponse REFUSED = CannedResponse.page(400);

  private final PathRegex regex;
  private final Replacement replacement;

  RewriteFilter(PathRegex regex, Replacement replacement) {
    this.regex = regex;
    this.replacement = replacement;
  }

  @Override
  public Verdict onRequest(Exchange exchange) {
    int length = replacement.write(exchange, regex);
    if (length == Replacement.NO_MATCH) {
      return Verdict.CONTINUE; // nginx's rewrite changes nothing where it does not match
    }
    if (length == Replacement.TOO_LONG || !exchange.rewritePath(exchange.loop().out(), 0, length)) {
      exchange.respond(REFUSED);
      return Verdict.RESPONDED;
    }
    return Verdict.CONTINUE;
  }
}
