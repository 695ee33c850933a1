package dev.lintel.ingress.feature.basicauth;

import dev.lintel.proxy.exchange.CannedResponse;
import dev.lintel.proxy.exchange.Exchange;
import dev.lintel.proxy.filter.RequestFilter;
import dev.lintel.proxy.filter.Verdict;
import dev.lintel.proxy.message.HeaderNames;
import dev.lintel.proxy.message.Slice;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/// Lets a request pass that carries the name and password of a known user.
final class BasicAuthFilter implements RequestFilter {
  private static final int LONGEST_TOKEN = 4096;
  private static final byte[] SCHEME = "basic".getBytes(StandardCharsets.US_ASCII);

  private final PasswordChecks checks;
  private final CannedResponse unauthorized;
  private final CannedResponse overloaded;

  BasicAuthFilter(PasswordChecks checks, CannedResponse unauthorized) {
    this.checks = checks;
    this.unauthorized = unauthorized;
    this.overloaded = CannedResponse.page(503);
  }

  /// Name and password as sent.
  private record Claim(String user, byte[] userBytes, byte[] password) {}

  @Override
  public Verdict onRequest(Exchange exchange) {
    Claim claim = claim(exchange);
    if (claim == null) {
      return exchange.refuse(unauthorized);
    }
    Boolean known = checks.known(claim.user(), claim.password());
    if (known != null) {
      return decide(exchange, claim, known);
    }
    int epoch = exchange.suspend();
    boolean accepted =
        checks.check(
            claim.user(),
            claim.password(),
            right -> exchange.resume(epoch, resumed -> decide(resumed, claim, right)));
    if (!accepted) {
      // Too many wait: the way out stays the one that every suspended exchange takes.
      exchange.resume(epoch, this::refuse);
    }
    return Verdict.SUSPENDED;
  }

  private Verdict decide(Exchange exchange, Claim claim, boolean right) {
    exchange.remoteUser(claim.userBytes());
    return right ? Verdict.GRANTED : exchange.refuse(unauthorized);
  }

  private Verdict refuse(Exchange exchange) {
    exchange.respond(overloaded);
    return Verdict.RESPONDED;
  }

  /// The claim of the request, or null where it makes none that can be read.
  private static @Nullable Claim claim(Exchange exchange) {
    Slice value = new Slice();
    if (!exchange.request().value(HeaderNames.AUTHORIZATION, value)
        || value.length() > LONGEST_TOKEN) {
      return null;
    }
    byte[] bytes = value.bytes();
    int at = value.offset();
    int end = at + value.length();
    for (byte letter : SCHEME) {
      if (at == end || (bytes[at++] | 0x20) != letter) {
        return null;
      }
    }
    int space = at;
    while (at < end && bytes[at] == ' ') {
      at++;
    }
    return at == space ? null : decode(Arrays.copyOfRange(bytes, at, end));
  }

  private static @Nullable Claim decode(byte[] token) {
    byte[] pair;
    try {
      pair = Base64.getDecoder().decode(token);
    } catch (IllegalArgumentException _) {
      return null;
    }
    for (int i = 0; i < pair.length; i++) {
      if (pair[i] == ':') {
        byte[] user = Arrays.copyOf(pair, i);
        return new Claim(
            new String(user, StandardCharsets.UTF_8),
            user,
            Arrays.copyOfRange(pair, i + 1, pair.length));
      }
    }
    return null;
  }
}
