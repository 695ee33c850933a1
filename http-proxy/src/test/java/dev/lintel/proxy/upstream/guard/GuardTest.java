package dev.lintel.proxy.upstream.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lintel.proxy.failure.ProxyFailure;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class GuardTest {
  private static final GuardSettings BREAKER = new GuardSettings(50, 4, 3_600_000, 2, 0);

  @Test
  void withoutSettingsThereIsNoGuard() {
    assertThat(Guard.of("shop", GuardSettings.OFF)).isSameAs(Guard.NONE);
    for (int i = 0; i < 100; i++) {
      assertThat(Guard.NONE.enter()).isNull();
      Guard.NONE.onFailure(1);
    }
    assertThat(Guard.NONE.breakerState()).isEqualTo("off");
  }

  @Test
  void theBreakerOpensWhenHalfOfTheWindowFailed() {
    Guard guard = Guard.of("shop", BREAKER);

    succeed(guard);
    succeed(guard);
    fail(guard);
    assertThat(guard.breakerState()).isEqualTo("closed");
    fail(guard);

    assertThat(guard.breakerState()).isEqualTo("open");
    assertThat(guard.enter()).isSameAs(ProxyFailure.BREAKER_OPEN);
  }

  @Test
  void whatSaysNothingAboutTheUpstreamIsNotCounted() {
    Guard guard = Guard.of("shop", BREAKER);
    for (int i = 0; i < 20; i++) {
      assertThat(guard.enter()).isNull();
      guard.exit();
    }
    fail(guard);

    assertThat(guard.breakerState()).isEqualTo("closed");
  }

  @Test
  @Timeout(30)
  void theBreakerTriesAgainAndCloses() {
    Guard guard = open(new GuardSettings(50, 4, 300, 2, 0));
    awaitState(guard, "half-open");

    assertThat(guard.enter()).isNull();
    assertThat(guard.enter()).isNull();
    assertThat(guard.enter()).as("only two requests try").isSameAs(ProxyFailure.BREAKER_OPEN);
    guard.onSuccess(1);
    guard.onSuccess(1);

    assertThat(guard.breakerState()).isEqualTo("closed");
    assertThat(guard.enter()).isNull();
  }

  @Test
  @Timeout(30)
  void theBreakerOpensAgainWhenTheTrialFails() {
    Guard guard = open(new GuardSettings(50, 4, 300, 1, 0));
    awaitState(guard, "half-open");

    fail(guard);

    assertThat(guard.breakerState()).isEqualTo("open");
  }

  @Test
  void theBulkheadFillsAndEmpties() {
    Guard guard = Guard.of("shop", new GuardSettings(0, 0, 0, 0, 2));

    assertThat(guard.enter()).isNull();
    assertThat(guard.enter()).isNull();
    assertThat(guard.enter()).isSameAs(ProxyFailure.BULKHEAD_FULL);
    guard.onSuccess(1);
    assertThat(guard.enter()).isNull();
    guard.onFailure(1);
    guard.exit();
    assertThat(guard.enter()).isNull();
    assertThat(guard.enter()).isNull();
    assertThat(guard.enter()).isSameAs(ProxyFailure.BULKHEAD_FULL);
  }

  @Test
  @Timeout(30)
  void aFullBulkheadGivesTheTrialBack() {
    Guard guard = Guard.of("shop", new GuardSettings(50, 4, 300, 2, 1));
    for (int i = 0; i < 4; i++) {
      fail(guard);
    }
    awaitState(guard, "half-open");

    assertThat(guard.enter()).isNull();
    for (int i = 0; i < 5; i++) {
      assertThat(guard.enter()).isSameAs(ProxyFailure.BULKHEAD_FULL);
    }
    guard.onSuccess(1);
    succeed(guard);
    assertThat(guard.breakerState()).isEqualTo("closed");
  }

  @Test
  void settingsThatMakeNoGuardAreRefused() {
    assertThatThrownBy(() -> new GuardSettings(101, 1, 1, 1, 0))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new GuardSettings(50, 0, 1, 1, 0))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static Guard open(GuardSettings settings) {
    Guard guard = Guard.of("shop", settings);
    for (int i = 0; i < settings.window(); i++) {
      fail(guard);
    }
    return guard;
  }

  private static void awaitState(Guard guard, String state) {
    while (!guard.breakerState().equals(state)) {
      assertThat(Thread.interrupted()).as("gave up on %s", guard.breakerState()).isFalse();
      Thread.yield();
    }
  }

  private static void succeed(Guard guard) {
    assertThat(guard.enter()).isNull();
    guard.onSuccess(1);
  }

  private static void fail(Guard guard) {
    assertThat(guard.enter()).isNull();
    guard.onFailure(1);
  }
}
