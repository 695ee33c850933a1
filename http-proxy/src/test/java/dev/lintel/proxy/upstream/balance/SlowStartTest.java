package dev.lintel.proxy.upstream.balance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Locale;
import org.junit.jupiter.api.Test;

/// The share of an endpoint that came just now.
class SlowStartTest {
  private static final long SECOND = 1_000_000_000;
  private static final int PICKS = 20_000;

  private final Choice choice = new Choice();

  @Test
  void theShareGrowsWithTheSeconds() {
    for (Balancer inner : new Balancer[] {new InTurn(), new AtRandom(), new LeastRequests()}) {
      SlowStart by = new SlowStart(inner, 60 * SECOND);
      Standing from = new Standing(9, by).of(Standing.names(1, 9));
      from.now = 1_000 * SECOND;
      from.of(Standing.names(1, 10));
      System.out.println("slow start over 60 s, " + inner + ", of " + PICKS + " requests a step:");
      for (int second = 0; second <= 70; second += 10) {
        from.now = (1_000 + second) * SECOND;
        int[] counts = new int[10];
        for (int i = 0; i < PICKS; i++) {
          counts[by.pick(from, choice)]++;
        }
        double factor = Math.max(0.05, Math.min(1, second / 60.0));
        double share = factor / (9 + factor);
        System.out.println(
            String.format(
                Locale.ROOT,
                "  %2d s: %5.2f %% (ideal %5.2f %%)",
                second,
                100.0 * counts[9] / PICKS,
                100 * share));
        double sigma = Math.sqrt(PICKS * share * (1 - share));
        assertThat((double) counts[9]).isCloseTo(PICKS * share, within(4 * sigma));
        for (int i = 0; i < 9; i++) {
          double others = PICKS * (1 - share) / 9;
          assertThat((double) counts[i]).isCloseTo(others, within(4 * Math.sqrt(others)));
        }
      }
    }
  }

  @Test
  void whereAllAreNewAllAreAlike() {
    SlowStart by = new SlowStart(new InTurn(), 60 * SECOND);
    Standing from = new Standing(9, by).of(Standing.names(1, 3));
    from.now = 1_000 * SECOND;
    from.of(Standing.names(11, 14));
    int[] counts = new int[4];
    for (int i = 0; i < PICKS; i++) {
      counts[by.pick(from, choice)]++;
    }
    for (int count : counts) {
      assertThat((double) count).isCloseTo(PICKS / 4.0, within(4 * Math.sqrt(PICKS * 3 / 16.0)));
    }
  }

  @Test
  void noEndpointIsNewWhenTheFirstOnesCome() {
    SlowStart by = new SlowStart(new InTurn(), 60 * SECOND);
    Standing from = new Standing(9, by).of(Standing.names(1, 3));
    for (int i = 0; i < 30; i++) {
      assertThat(by.pick(from, choice)).isEqualTo(i % 3);
    }
  }
}
