package dev.lintel.proxy.upstream.balance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

/// Which of several targets a number stands for.
class WeightsTest {
  @Test
  void eachTargetHasAsManyNumbersAsItWeighs() {
    Weights weights = Weights.of(70, 0, 25, 5);
    int[] counts = new int[4];
    for (int i = 0; i < weights.total(); i++) {
      counts[weights.pick(i)]++;
    }
    assertThat(counts).containsExactly(70, 0, 25, 5);
  }

  @Test
  void weightsThatMeanNothingAreRefused() {
    assertThatIllegalArgumentException().isThrownBy(() -> Weights.of(0, 0));
    assertThatIllegalArgumentException().isThrownBy(() -> Weights.of(2, -1));
    assertThatIllegalArgumentException().isThrownBy(() -> Weights.of(Integer.MAX_VALUE, 1));
  }
}
