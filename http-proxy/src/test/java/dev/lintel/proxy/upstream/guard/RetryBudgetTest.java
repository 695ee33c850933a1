package dev.lintel.proxy.upstream.guard;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RetryBudgetTest {
  private static final long SECOND = 1_000_000_000;

  @ParameterizedTest
  @ValueSource(longs = {0, -5 * SECOND, Long.MAX_VALUE - SECOND})
  void allowsThreeASecondWithoutAnyRequest(long start) {
    RetryBudget budget = new RetryBudget(start);

    for (int second = 0; second < 5; second++) {
      long now = start + second * SECOND;
      assertThat(taken(budget, now, 10)).isEqualTo(3);
    }
    assertThat(taken(budget, start + 4 * SECOND + SECOND / 3, 10)).isEqualTo(1);
  }

  @Test
  void allowsOneForFiveRequests() {
    RetryBudget budget = new RetryBudget(0);
    for (int i = 0; i < 200; i++) {
      budget.onRequest();
    }

    assertThat(taken(budget, 0, 1_000)).isEqualTo(40 + 3);
  }

  @Test
  void savesNoMoreThanAHundred() {
    RetryBudget budget = new RetryBudget(0);
    for (int i = 0; i < 100_000; i++) {
      budget.onRequest();
    }

    assertThat(taken(budget, 0, 1_000)).isEqualTo(100 + 3);
  }

  private static int taken(RetryBudget budget, long now, int asked) {
    int taken = 0;
    for (int i = 0; i < asked; i++) {
      if (budget.tryTake(now)) {
        taken++;
      }
    }
    return taken;
  }
}
