package dev.lintel.ingress.feature.retry;

import dev.lintel.ingress.feature.AnnotationReader;
import dev.lintel.ingress.feature.Feature;
import dev.lintel.ingress.feature.RouteAssembly;
import dev.lintel.ingress.feature.Setting;
import dev.lintel.proxy.route.RouteSettings;
import dev.lintel.proxy.upstream.Attempts;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;

/// Other rules for another try than those of a route for which nothing is said. Whatever they are,
/// nothing is sent again once bytes of the response have reached the client.
public final class Retry implements Feature<RetrySettings> {
  private static final int MILLIS = 1_000;
  private static final int ONCE = 1;
  private static final RetrySettings USUAL =
      new RetrySettings(RouteSettings.DEFAULT.tries(), 0, false);

  private static final Setting<Conditions> PROXY_NEXT_UPSTREAM =
      Setting.of("proxy-next-upstream", Conditions.GRAMMAR)
          .alsoInConfigMap()
          .defaultsTo(new Conditions(new LinkedHashSet<>(Conditions.USUAL)))
          .risk(Setting.Risk.MEDIUM)
          .text(
              "What a request is sent to another endpoint for: errors and timeouts, or nothing at"
                  + " all (`off`). With `non_idempotent` also POST, LOCK and PATCH.");

  private static final Setting<Integer> PROXY_NEXT_UPSTREAM_TRIES =
      Setting.wholeNumber("proxy-next-upstream-tries", 0, 1_000)
          .alsoInConfigMap()
          .defaultsTo(USUAL.tries())
          .text(
              "How often a request is sent at most, the first time included. Three times is the"
                  + " most, which 0 stands for, too; refused connections do not count.");

  private static final Setting<Integer> PROXY_NEXT_UPSTREAM_TIMEOUT =
      Setting.seconds("proxy-next-upstream-timeout", 0, Integer.MAX_VALUE / MILLIS)
          .alsoInConfigMap()
          .defaultsTo(USUAL.timeout())
          .text("Seconds after which a request is not sent again; 0 is no limit.");

  private static final Setting<Boolean> RETRY_NON_IDEMPOTENT =
      Setting.bool("retry-non-idempotent")
          .onlyInConfigMap()
          .defaultsTo(USUAL.nonIdempotent())
          .text("Sends POST, LOCK and PATCH to another endpoint, too.");

  @Override
  public String id() {
    return "retry";
  }

  @Override
  public List<Setting<?>> settings() {
    return List.of(
        PROXY_NEXT_UPSTREAM,
        PROXY_NEXT_UPSTREAM_TRIES,
        PROXY_NEXT_UPSTREAM_TIMEOUT,
        RETRY_NON_IDEMPOTENT);
  }

  @Override
  public Optional<RetrySettings> read(AnnotationReader in) {
    Conditions conditions = in.get(PROXY_NEXT_UPSTREAM);
    if (!conditions.isOff()) {
      report(conditions, in);
    }
    RetrySettings settings =
        new RetrySettings(
            conditions.isOff() ? ONCE : tries(in),
            in.get(PROXY_NEXT_UPSTREAM_TIMEOUT),
            conditions.isNonIdempotent() || in.get(RETRY_NON_IDEMPOTENT));
    return Optional.of(settings).filter(read -> !read.equals(USUAL));
  }

  private static int tries(AnnotationReader in) {
    int tries = in.get(PROXY_NEXT_UPSTREAM_TRIES);
    if (tries > Attempts.MOST) {
      in.problem(
          PROXY_NEXT_UPSTREAM_TRIES,
          tries + " tries are more than any request gets",
          "at most " + Attempts.MOST,
          "sent " + Attempts.MOST + " times at most");
    }
    return tries == 0 ? Attempts.MOST : Math.min(tries, Attempts.MOST);
  }

  private static void report(Conditions conditions, AnnotationReader in) {
    for (String word : conditions.beyondUsual()) {
      in.problem(
          PROXY_NEXT_UPSTREAM,
          word + " is not carried out",
          "error, timeout, non_idempotent or off",
          "not sent again for it");
    }
    for (String word : conditions.leftOut()) {
      in.problem(PROXY_NEXT_UPSTREAM, word + " is left out", "", "sent again for it all the same");
    }
  }

  @Override
  public void install(RetrySettings settings, RouteAssembly route) {
    route.retries(settings.tries(), settings.timeout() * MILLIS, settings.nonIdempotent());
  }
}
