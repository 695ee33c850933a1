package dev.lintel.ingress;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/// When changes wake the control loop.
class HoldOffTest {
  private static final Duration LONG = Duration.ofHours(1);

  @Test
  void manyChangesAreOneWakeUp() throws Exception {
    HoldOff holdOff = new HoldOff(LONG, Duration.ofMillis(1), LONG, LONG);
    for (int i = 0; i < 100; i++) {
      holdOff.changed();
    }

    assertThat(holdOff.await()).isTrue();
    CompletableFuture<Boolean> second = CompletableFuture.supplyAsync(() -> await(holdOff));
    assertThat(second).as("nothing changed since").isNotDone();
    holdOff.changed();
    assertThat(second.get(10, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void theFirstChangeAfterARestWakesAtOnce() throws Exception {
    HoldOff holdOff = new HoldOff(Duration.ZERO, LONG, LONG, LONG);
    AtomicBoolean woken = new AtomicBoolean();
    Thread waiting = Thread.ofPlatform().daemon().start(() -> woken.set(await(holdOff)));
    while (waiting.getState() != Thread.State.TIMED_WAITING) { // the change must come after that
      Thread.sleep(1);
    }
    holdOff.changed();

    assertThat(waiting.join(Duration.ofSeconds(10))).isTrue();
    assertThat(woken).isTrue();
  }

  @Test
  void aChangeWithoutARestWaitsForTheEndOfTheFlurry() throws Exception {
    HoldOff holdOff = new HoldOff(Duration.ZERO, LONG, LONG, LONG);
    holdOff.changed(); // while somebody is still at work on the one before
    CompletableFuture<Boolean> waiting = CompletableFuture.supplyAsync(() -> await(holdOff));
    holdOff.changed();

    assertThat(waiting).isNotDone();
    holdOff.close();
    assertThat(waiting.get(10, TimeUnit.SECONDS)).isFalse();
  }

  @Test
  void theCeilingEndsAStreamOfChanges() throws Exception {
    HoldOff holdOff = new HoldOff(LONG, LONG, Duration.ofMillis(1), LONG);
    holdOff.changed();

    assertThat(CompletableFuture.supplyAsync(() -> await(holdOff)).get(10, TimeUnit.SECONDS))
        .isTrue();
  }

  @Test
  void closingEndsTheWait() throws Exception {
    HoldOff holdOff = new HoldOff(LONG, LONG, LONG, LONG);
    CompletableFuture<Boolean> waiting = CompletableFuture.supplyAsync(() -> await(holdOff));
    holdOff.close();

    assertThat(waiting.get(10, TimeUnit.SECONDS)).isFalse();
  }

  @Test
  void withoutAnyChangeItComesOnceInALongWhile() throws Exception {
    HoldOff holdOff = new HoldOff(LONG, LONG, LONG, Duration.ofMillis(1));

    assertThat(CompletableFuture.supplyAsync(() -> await(holdOff)).get(10, TimeUnit.SECONDS))
        .isTrue();
  }

  private static boolean await(HoldOff holdOff) {
    try {
      return holdOff.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
