package dev.lintel.proxy.edge.h2;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class H2StreamIdsTest {
  private final H2StreamIds ids = new H2StreamIds();

  @Test
  void streamsAreToldApartByWhatBecameOfThem() {
    ids.open(1);
    ids.open(5);
    ids.open(7);
    ids.end(5);
    ids.drop(7);
    assertThat(ids.isNew(7)).isFalse();
    assertThat(ids.isNew(9)).isTrue();
    assertThat(ids.wasOpened(1)).isTrue();
    assertThat(ids.wasOpened(3)).isFalse();
    assertThat(ids.isEnded(5)).isTrue();
    assertThat(ids.isEnded(1)).isFalse();
    assertThat(ids.isDropped(7)).isTrue();
    assertThat(ids.isDropped(5)).isFalse();
  }

  @Test
  void theConnectionIsNoStream() {
    ids.open(1);
    ids.end(1);
    ids.drop(1);
    assertThat(ids.isDropped(1)).isTrue();
    assertThat(ids.isDropped(0)).isFalse();
    assertThat(ids.isEnded(0)).isFalse();
  }

  @Test
  void numbersThatAClientMayNotUseHaveNoFate() {
    ids.open(5);
    ids.end(5);
    ids.drop(5);
    assertThat(ids.isRemembered(4)).isFalse();
    assertThat(ids.isEnded(4)).isFalse();
    assertThat(ids.isDropped(4)).isFalse();
  }

  @Test
  void aStreamIsIdleUntilALaterOneWasOpened() {
    assertThat(ids.isIdle(1)).isTrue();
    ids.open(3);
    assertThat(ids.isIdle(1)).isFalse();
    assertThat(ids.isIdle(3)).isFalse();
    assertThat(ids.isIdle(5)).isTrue();
    assertThat(ids.isIdle(2)).isTrue();
  }

  @Test
  void oldOnesAreForgottenAndTheirPlacesUsedAgain() {
    for (int id = 1; id < 10_000; id += 2) {
      assertThat(ids.isNew(id)).isTrue();
      ids.open(id);
      assertThat(ids.isEnded(id)).isFalse();
      assertThat(ids.isDropped(id)).isFalse();
      ids.end(id);
      ids.drop(id);
    }
    assertThat(ids.isRemembered(1)).isFalse();
    assertThat(ids.wasOpened(1)).isFalse();
    assertThat(ids.isRemembered(9_999)).isTrue();
    assertThat(ids.isRemembered(9_999 - 2 * 511)).isTrue();
    assertThat(ids.isRemembered(9_999 - 2 * 512)).isFalse();
  }

  @Test
  void aLeapForgetsEverything() {
    ids.open(1);
    ids.end(1);
    ids.open(Integer.MAX_VALUE);
    assertThat(ids.isRemembered(1)).isFalse();
    assertThat(ids.wasOpened(Integer.MAX_VALUE)).isTrue();
    assertThat(ids.wasOpened(Integer.MAX_VALUE - 2)).isFalse();
    assertThat(ids.isEnded(Integer.MAX_VALUE - 2 * 511)).isFalse();
  }
}
