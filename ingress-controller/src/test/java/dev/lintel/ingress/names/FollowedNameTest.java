package dev.lintel.ingress.names;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lintel.ingress.problem.Problem.Source;
import dev.lintel.proxy.upstream.Upstream;
import dev.lintel.proxy.upstream.UpstreamSettings;
import dev.lintel.proxy.upstream.guard.Guard;
import java.net.InetAddress;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// How long an answer is used, and when it is asked for again.
class FollowedNameTest {
  private static final NameOutcome SILENCE = NameOutcome.noAnswer();

  private final Upstream upstream = new Upstream("u", UpstreamSettings.DEFAULT, Guard.NONE);
  private final FollowedName name = new FollowedName("a.test", AddressRules.NONE);

  FollowedNameTest() {
    name.add(new FollowedName.User(upstream, 80, new Source("Service", "a/b"), false));
  }

  private long take(NameOutcome outcome, long second) {
    return name.take(outcome, TimeUnit.SECONDS.toNanos(second));
  }

  private static NameOutcome found(long seconds) {
    return NameOutcome.found(List.of(InetAddress.ofLiteral("192.0.2.1")), seconds);
  }

  @Test
  void anAnswerIsUsedTenTimesAsLongWhenNoOtherComes() {
    assertThat(take(found(3), 0)).isEqualTo(3);
    take(SILENCE, 3);
    take(NameOutcome.noSuchName(1), 32);
    assertThat(upstream.isDeserted()).isFalse();
    take(SILENCE, 33);
    assertThat(upstream.isDeserted()).isTrue();
  }

  @Test
  void butNoLongerThanFiveMinutes() {
    take(found(600), 0);
    take(SILENCE, 899);
    assertThat(upstream.isDeserted()).isFalse();
    take(SILENCE, 900);
    assertThat(upstream.isDeserted()).isTrue();
  }

  @Test
  void whoeverIsSilentIsAskedLessAndLessOften() {
    assertThat(List.of(take(SILENCE, 0), take(SILENCE, 1), take(SILENCE, 3), take(SILENCE, 7)))
        .containsExactly(1L, 2L, 4L, 8L);
    assertThat(take(SILENCE, 15)).isEqualTo(10);
    assertThat(take(found(0), 25)).as("never more often than once a second").isEqualTo(1);
    assertThat(take(SILENCE, 26)).isEqualTo(1);
  }
}
