package dev.lintel.proxy.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class IdleEndsTest {
  private static final long SECOND = 1_000_000_000L;
  private static final long NOW = -1_000 * SECOND;

  private final IdleEnds ends = new IdleEnds();

  @Test
  void nobodyIsDoubtedBeforeAnythingEnded() {
    assertThat(ends.isNear(Long.MAX_VALUE - 1, NOW)).isFalse();
  }

  @Test
  void aConnectionIsDoubtedFromHalfOfTheShortestWaitOn() {
    ends.add(5 * SECOND, NOW);
    ends.add(4 * SECOND, NOW);
    ends.add(6 * SECOND, NOW);
    assertThat(ends.isNear(2 * SECOND - 1, NOW)).isFalse();
    assertThat(ends.isNear(2 * SECOND, NOW)).isTrue();
  }

  @Test
  void anEndIsForgottenAfterTwoPeriods() {
    ends.add(SECOND, NOW);
    long next = NOW + IdleEnds.PERIOD_NANOS;
    assertThat(ends.isNear(SECOND, next - 1)).isTrue();
    assertThat(ends.isNear(SECOND, next)).isTrue();
    ends.add(8 * SECOND, next);
    assertThat(ends.isNear(SECOND, next + 1)).isTrue();
    long later = next + IdleEnds.PERIOD_NANOS;
    assertThat(ends.isNear(SECOND, later)).isFalse();
    assertThat(ends.isNear(4 * SECOND, later)).isTrue();
    assertThat(ends.isNear(4 * SECOND, later + IdleEnds.PERIOD_NANOS)).isFalse();
  }

  @Test
  void anEndIsForgottenWhereNobodyAskedForLong() {
    ends.add(SECOND, NOW);
    assertThat(ends.isNear(SECOND, NOW + 2 * IdleEnds.PERIOD_NANOS)).isFalse();
    ends.add(3 * SECOND, NOW + 9 * IdleEnds.PERIOD_NANOS);
    assertThat(ends.isNear(SECOND, NOW + 9 * IdleEnds.PERIOD_NANOS)).isFalse();
    assertThat(ends.isNear(2 * SECOND, NOW + 9 * IdleEnds.PERIOD_NANOS)).isTrue();
  }
}
