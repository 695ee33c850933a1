package dev.lintel.ingress.feature.affinity;

import dev.lintel.proxy.exchange.Exchange;
import dev.lintel.proxy.filter.ResponseFilter;
import dev.lintel.proxy.message.HeaderNames;
import dev.lintel.proxy.message.HttpDate;
import dev.lintel.proxy.message.ResponseHead;
import dev.lintel.proxy.upstream.Upstream;
import dev.lintel.proxy.upstream.balance.Choice;
import java.nio.charset.StandardCharsets;
import java.time.Instant;

/// Gives a client its cookie, with the response of an endpoint that it had no cookie for. A
/// response of our own, for want of one, carries none.
final class CookieWriter implements ResponseFilter {
  private final AffinitySettings settings;

  CookieWriter(AffinitySettings settings) {
    this.settings = settings;
  }

  @Override
  public void onResponse(Exchange exchange, ResponseHead head) {
    Choice choice = exchange.choice();
    Upstream upstream = exchange.upstream();
    if (choice == null || upstream == null || exchange.failure() != null) {
      return;
    }
    byte[] key = choice.newKey();
    if (key.length > 0) {
      head.add(HeaderNames.SET_COOKIE, cookie(exchange, key, upstream.mark()));
    }
  }

  private byte[] cookie(Exchange exchange, byte[] key, byte[] mark) {
    StringBuilder text = new StringBuilder(160);
    text.append(settings.name()).append('=');
    text.append(ascii(key)).append('|').append(ascii(mark));
    if (settings.expires() >= 0) {
      text.append("; Expires=")
          .append(HttpDate.text(Instant.now().plusSeconds(settings.expires())));
    }
    if (settings.maxAge() >= 0) {
      text.append("; Max-Age=").append(settings.maxAge());
    }
    if (!settings.domain().isEmpty()) {
      text.append("; Domain=").append(settings.domain());
    }
    text.append("; Path=").append(settings.path());
    if (settings.secure() || exchange.isTls()) {
      text.append("; Secure");
    }
    text.append("; HttpOnly");
    if (!settings.sameSite().isEmpty() && !isRefused(exchange)) {
      text.append("; SameSite=").append(settings.sameSite());
    }
    return text.toString().getBytes(StandardCharsets.US_ASCII);
  }

  private boolean isRefused(Exchange exchange) {
    if (!settings.conditionalNone() || !settings.sameSite().equals("None")) {
      return false;
    }
    String agent = exchange.request().text(HeaderNames.USER_AGENT);
    return agent != null && NoneRefusal.isExpectedOf(agent);
  }

  private static String ascii(byte[] bytes) {
    return new String(bytes, StandardCharsets.US_ASCII);
  }
}
