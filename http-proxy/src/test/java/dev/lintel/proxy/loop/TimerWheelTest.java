package dev.lintel.proxy.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TimerWheelTest {
  private static final long MILLI = 1_000_000;

  private long now = 7_777 * MILLI;
  private final TimerWheel wheel = new TimerWheel(now);
  private final List<Integer> fired = new ArrayList<>();

  private class Recorder extends Timer {
    private final int name;
    private long firedAt = -1;

    Recorder(int name) {
      this.name = name;
    }

    @Override
    protected void onTimeout() {
      firedAt = now;
      fired.add(name);
    }
  }

  private void pass(long millis) {
    for (long left = millis; left > 0; left -= 10) {
      now += 10 * MILLI;
      wheel.advance(now);
    }
  }

  @Test
  void aTimerFiresOnceAndNeverEarly() {
    Recorder timer = new Recorder(1);
    wheel.arm(timer, now, 1_000);
    pass(990);
    assertThat(fired).isEmpty();
    pass(120);
    assertThat(fired).containsExactly(1);
    pass(100_000);
    assertThat(fired).containsExactly(1);
    assertThat(timer.isArmed()).isFalse();
  }

  @Test
  void armingAgainMovesTheDeadlineBothWays() {
    Recorder later = new Recorder(1);
    Recorder sooner = new Recorder(2);
    wheel.arm(later, now, 500);
    wheel.arm(later, now, 60_000);
    wheel.arm(sooner, now, 60_000);
    wheel.arm(sooner, now, 500);
    pass(1_000);
    assertThat(fired).containsExactly(2);
    pass(60_000);
    assertThat(fired).containsExactly(2, 1);
  }

  @Test
  void cancelledAndRemovedTimersDoNotFire() {
    Recorder cancelled = new Recorder(1);
    Recorder removed = new Recorder(2);
    wheel.arm(cancelled, now, 100);
    wheel.arm(removed, now, 100);
    wheel.cancel(cancelled);
    wheel.remove(removed);
    pass(1_000);
    assertThat(fired).isEmpty();
    wheel.arm(cancelled, now, 100);
    pass(200);
    assertThat(fired).containsExactly(1);
  }

  @Test
  void deadlinesBeyondTheWheelHold() {
    Recorder hour = new Recorder(1);
    wheel.arm(hour, now, 3_600_000);
    pass(3_599_990);
    assertThat(fired).isEmpty();
    pass(110);
    assertThat(fired).containsExactly(1);
  }

  @Test
  void aTimerMayArmItselfAndOthersWhenItFires() {
    Recorder other = new Recorder(2);
    Timer again =
        new Timer() {
          private int left = 3;

          @Override
          protected void onTimeout() {
            fired.add(1);
            wheel.remove(other);
            if (--left > 0) {
              wheel.arm(this, now, 0);
            }
          }
        };
    wheel.arm(again, now, 100);
    wheel.arm(other, now, 100);
    pass(1_000);
    assertThat(fired).containsExactly(1, 1, 1);
  }

  @Test
  void oneThatFailsStopsNoOther() {
    Timer failing =
        new Timer() {
          @Override
          protected void onTimeout() {
            throw new IllegalStateException("a bug, on purpose");
          }
        };
    wheel.arm(failing, now, 500);
    wheel.arm(new Recorder(1), now, 500);
    wheel.arm(new Recorder(2), now, 1_000);
    pass(1_200);
    assertThat(fired).containsExactly(1, 2);
  }

  @Test
  void manyTimersOfAllKindsFireInTime() {
    Random random = new Random(1);
    List<Recorder> timers = new ArrayList<>();
    List<Long> deadlines = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      timers.add(new Recorder(i));
      deadlines.add(-1L);
    }
    for (int round = 0; round < 5_000; round++) {
      int i = random.nextInt(timers.size());
      Recorder timer = timers.get(i);
      if (random.nextInt(4) == 0) {
        wheel.cancel(timer);
        deadlines.set(i, -1L);
      } else {
        long delay = random.nextInt(40_000);
        wheel.arm(timer, now, delay);
        timer.firedAt = -1;
        deadlines.set(i, now + delay * MILLI);
      }
      pass(20);
      for (int k = 0; k < timers.size(); k++) {
        long deadline = deadlines.get(k);
        long at = timers.get(k).firedAt;
        if (deadline >= 0 && at >= 0) {
          assertThat(at).isBetween(deadline, deadline + 120 * MILLI);
          deadlines.set(k, -1L);
        } else if (deadline >= 0) {
          assertThat(now).isLessThan(deadline + 120 * MILLI);
        }
      }
    }
  }

  @Test
  void idleTimersCanBeBroughtForward() {
    Recorder busy = new Recorder(1);
    Recorder idle =
        new Recorder(2) {
          @Override
          protected boolean isIdle() {
            return true;
          }
        };
    wheel.arm(busy, now, 60_000);
    wheel.arm(idle, now, 60_000);
    wheel.hasten(now, 5_000);
    pass(5_200);
    assertThat(fired).containsExactly(2);
    pass(56_000);
    assertThat(fired).containsExactly(2, 1);
  }

  @Test
  void theMostStalledAreGivenUpFirst() {
    for (int i = 0; i < 4; i++) {
      int bytes = 100 * i;
      wheel.arm(
          new Recorder(i) {
            @Override
            protected long stalledBytes() {
              return bytes;
            }
          },
          now,
          60_000);
    }
    wheel.giveUp(2);
    assertThat(fired).containsExactly(3, 2);
    wheel.giveUp(2);
    assertThat(fired).containsExactly(3, 2, 1);
  }
}
