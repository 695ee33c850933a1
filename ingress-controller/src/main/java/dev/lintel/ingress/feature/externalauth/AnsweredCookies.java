package dev.lintel.ingress.feature.externalauth;

import dev.lintel.proxy.exchange.Exchange;
import dev.lintel.proxy.filter.ResponseFilter;
import dev.lintel.proxy.message.HeaderNames;
import dev.lintel.proxy.message.ResponseHead;

/// Gives the client the cookies of the service's answer, beside those of the upstream.
final class AnsweredCookies implements ResponseFilter {
  private final AuthFilter asked;
  private final boolean isAlways;

  /// @param isAlways whether the status of the response does not matter
  AnsweredCookies(AuthFilter asked, boolean isAlways) {
    this.asked = asked;
    this.isAlways = isAlways;
  }

  @Override
  public void onResponse(Exchange exchange, ResponseHead head) {
    if (exchange.recall(asked) instanceof AuthAnswer answer
        && (isAlways || carriesFields(head.status()))) {
      for (byte[] cookie : answer.cookies()) {
        head.add(HeaderNames.SET_COOKIE, cookie);
      }
    }
  }

  /// The statuses with which nginx sends the fields of `add_header`.
  static boolean carriesFields(int status) {
    return switch (status) {
      case 200, 201, 204, 206, 301, 302, 303, 304, 307, 308 -> true;
      default -> false;
    };
  }
}
