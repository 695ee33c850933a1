package dev.lintel.ingress.feature.externalauth;

import dev.lintel.ingress.feature.Form;
import dev.lintel.ingress.feature.Line;
import dev.lintel.ingress.feature.Template;
import dev.lintel.proxy.exchange.CannedResponse;
import dev.lintel.proxy.exchange.Exchange;
import dev.lintel.proxy.failure.ProxyFailure;
import dev.lintel.proxy.filter.RequestFilter;
import dev.lintel.proxy.filter.Verdict;
import dev.lintel.proxy.message.HeaderName;
import dev.lintel.proxy.message.HeaderNames;
import dev.lintel.proxy.message.ResponseHead;
import io.netty.buffer.ByteBuf;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Lets a request pass that the service lets in. Serves all requests of a route on all loops; the
/// question about one of them is [AuthCheck]'s.
final class AuthFilter implements RequestFilter {
  private static final int UNAUTHORIZED = 401;
  private static final int FORBIDDEN = 403;

  /// A longer way to the page to sign in at is not sent: the client gets the bare 401.
  private static final int LONGEST_LOCATION = 32 * 1024;

  private final Question question;
  private final HeaderName[] names;
  private final @Nullable AnswerCache cache;
  private final @Nullable Template key;
  private final Freshness freshness;
  private final @Nullable Template signin;
  private final CannedResponse unauthorized =
      CannedResponse.page(UNAUTHORIZED, "Authorization Required");
  private final CannedResponse forbidden = CannedResponse.page(FORBIDDEN);
  private final CannedResponse found = CannedResponse.page(302, "Found");

  AuthFilter(ExternalAuthSettings settings, Question question, @Nullable AnswerCache cache) {
    this.question = question;
    this.names = names(settings.responseHeaders());
    this.cache = cache;
    this.key = cache == null ? null : Template.of(settings.cacheKey());
    this.freshness = new Freshness(settings.cacheSeconds());
    this.signin =
        settings.signin().isEmpty()
            ? null
            : Template.of(withWayBack(settings.signin(), settings.signinParam()));
  }

  static HeaderName[] names(List<String> texts) {
    return texts.stream().map(HeaderName::of).toArray(HeaderName[]::new);
  }

  /// The address of the page with the argument that tells of the way back, unless it has that.
  static String withWayBack(String signin, String param) {
    int question = signin.indexOf('?');
    String query = question < 0 ? "" : signin.substring(question + 1);
    for (String each : query.split("&")) {
      if (each.startsWith(param + "=") && each.length() > param.length() + 1) {
        return signin;
      }
    }
    String link = question < 0 ? "?" : query.isEmpty() ? "" : "&";
    return signin + link + param + "=$scheme://$http_host$escaped_request_uri";
  }

  @Override
  public Verdict onRequest(Exchange exchange) {
    byte[] kept = cache == null ? null : keyOf(exchange);
    if (cache != null && kept != null) {
      AuthAnswer known = cache.find(kept, exchange.loop().nanos());
      if (known != null) {
        return decide(exchange, known);
      }
    }
    ByteBuf asked = question.about(exchange);
    return asked == null
        ? unavailable(exchange)
        : new AuthCheck(this, exchange, kept).begin(question, asked);
  }

  /// What the answer is kept under: a digest, for a key is made of cookies and passwords; null
  /// where the request has nothing of what tells clients apart.
  private byte @Nullable [] keyOf(Exchange exchange) {
    Line values = new Line();
    if (key == null || !key.writeValues(exchange, values)) {
      return null;
    }
    try {
      return MessageDigest.getInstance("SHA-256").digest(values.toBytes());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java machine has SHA-256", e);
    }
  }

  /// Reads the answer while its bytes are there, and keeps it where it may be kept.
  ///
  /// @param kept what for; null for nothing
  AuthAnswer answer(ResponseHead head, byte @Nullable [] kept, long now) {
    AuthAnswer answer = AuthAnswer.of(head, names);
    if (cache != null && kept != null && answer.isSmall()) {
      long seconds = freshness.seconds(head);
      if (seconds > 0) {
        cache.keep(kept, answer, now, now + TimeUnit.SECONDS.toNanos(seconds));
      }
    }
    return answer;
  }

  /// What an answer means for a request; the only place that lets one in.
  Verdict decide(Exchange exchange, AuthAnswer answer) {
    exchange.remember(this, answer);
    int status = answer.status();
    if (status >= 200 && status < 300) {
      return Verdict.GRANTED;
    }
    if (status == UNAUTHORIZED) {
      return exchange.refuse(challenge(exchange, answer));
    }
    return status == FORBIDDEN ? exchange.refuse(forbidden) : unavailable(exchange);
  }

  private CannedResponse challenge(Exchange exchange, AuthAnswer answer) {
    if (signin != null) {
      Line location = new Line();
      signin.write(exchange, location, Form.TARGET);
      if (location.length() <= LONGEST_LOCATION) {
        return found.with(HeaderNames.LOCATION, location.toBytes());
      }
    }
    CannedResponse response = unauthorized;
    for (byte[] challenge : answer.challenges()) {
      response = response.with(HeaderNames.WWW_AUTHENTICATE, challenge);
    }
    return response;
  }

  /// There is no answer, or none that decides.
  static Verdict unavailable(Exchange exchange) {
    exchange.fail(ProxyFailure.AUTH_UNAVAILABLE);
    return Verdict.RESPONDED;
  }
}
