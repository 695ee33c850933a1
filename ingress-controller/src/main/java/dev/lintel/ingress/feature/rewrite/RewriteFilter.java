package dev.lintel.ingress.feature.rewrite;

import dev.lintel.proxy.exchange.CannedResponse;
import dev.lintel.proxy.exchange.Exchange;
import dev.lintel.proxy.filter.RequestFilter;
import dev.lintel.proxy.filter.Verdict;
import dev.lintel.proxy.message.HeaderName;
import dev.lintel.proxy.route.PathRegex;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Replaces the whole path by a text with the groups that the route's path captured. A result that
/// may not be forwarded (no path, a dot segment in any reading) is answered with 400.
final class RewriteFilter implements RequestFilter {
  private static final HeaderName FORWARDED_PREFIX = HeaderName.of("X-Forwarded-Prefix");
  private static final CannedResponse REFUSED = CannedResponse.page(400);

  private final PathRegex regex;
  private final Replacement replacement;
  private final @Nullable Replacement prefix;

  /// @param prefix what `X-Forwarded-Prefix` says; null for no such field
  RewriteFilter(PathRegex regex, Replacement replacement, @Nullable Replacement prefix) {
    this.regex = regex;
    this.replacement = replacement;
    this.prefix = prefix;
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
    if (prefix != null) {
      tellPrefix(exchange, prefix);
    }
    return Verdict.CONTINUE;
  }

  /// Applications put it in front of their links: one that would read as the name of a host is kept
  /// back.
  private void tellPrefix(Exchange exchange, Replacement text) {
    int length = text.write(exchange, regex);
    byte[] out = exchange.loop().out();
    if (length > 0 && !(length > 1 && out[1] == '/')) {
      exchange.setUpstreamField(FORWARDED_PREFIX, Arrays.copyOf(out, length));
    }
  }
}
