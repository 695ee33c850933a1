package dev.lintel.ingress.feature.cors;

import dev.lintel.proxy.exchange.Exchange;
import dev.lintel.proxy.filter.ResponseFilter;
import dev.lintel.proxy.message.HeaderName;
import dev.lintel.proxy.message.ResponseHead;
import java.nio.charset.StandardCharsets;

/// Tells browsers of a listed origin what its pages may do, with every answer and in place of what
/// the upstream says. An origin that is not listed gets nothing of it.
final class CorsFields implements ResponseFilter {
  private static final HeaderName ALLOW_ORIGIN = HeaderName.of("Access-Control-Allow-Origin");
  private static final HeaderName CREDENTIALS = HeaderName.of("Access-Control-Allow-Credentials");
  private static final HeaderName ALLOW_METHODS = HeaderName.of("Access-Control-Allow-Methods");
  private static final HeaderName ALLOW_HEADERS = HeaderName.of("Access-Control-Allow-Headers");
  private static final HeaderName EXPOSE_HEADERS = HeaderName.of("Access-Control-Expose-Headers");
  private static final HeaderName MAX_AGE = HeaderName.of("Access-Control-Max-Age");
  private static final HeaderName VARY = HeaderName.of("Vary");
  private static final byte[] ORIGIN = ascii("Origin");
  private static final byte[] TRUE = ascii("true");

  private final Origins origins;
  private final boolean credentials;
  private final byte[] methods;
  private final byte[] headers;
  private final byte[] exposed;
  private final byte[] maxAge;

  CorsFields(Origins origins, CorsSettings settings) {
    this.origins = origins;
    this.credentials = settings.credentials();
    this.methods = ascii(settings.methods());
    this.headers = ascii(settings.headers());
    this.exposed = ascii(settings.exposed());
    this.maxAge = ascii(Integer.toString(settings.maxAge()));
  }

  @Override
  public void onResponse(Exchange exchange, ResponseHead head) {
    if (!origins.areAll()) {
      head.add(VARY, ORIGIN); // a cache must not give one origin's answer to another
    }
    byte[] origin = origins.allowed(exchange.request());
    if (origin == null) {
      return;
    }
    head.set(ALLOW_ORIGIN, origin);
    if (credentials) {
      head.set(CREDENTIALS, TRUE);
    } else {
      head.remove(CREDENTIALS);
    }
    head.set(ALLOW_METHODS, methods);
    head.set(ALLOW_HEADERS, headers);
    if (exposed.length > 0) {
      head.set(EXPOSE_HEADERS, exposed);
    }
    head.set(MAX_AGE, maxAge);
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
