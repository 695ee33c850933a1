package dev.lintel.proxy.overload;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class StageTest {
  @Test
  void aStageBeginsAtItsThreshold() {
    assertThat(Stage.CALM.next(0.849)).isEqualTo(Stage.CALM);
    assertThat(Stage.CALM.next(0.85)).isEqualTo(Stage.HURRIED);
    assertThat(Stage.CALM.next(0.93)).isEqualTo(Stage.CLOSING);
    assertThat(Stage.HURRIED.next(0.95)).isEqualTo(Stage.REFUSING);
    assertThat(Stage.CALM.next(1)).isEqualTo(Stage.SHEDDING);
  }

  @Test
  void itEndsOnlySomewhatBelow() {
    assertThat(Stage.REFUSING.next(0.94)).isEqualTo(Stage.REFUSING);
    assertThat(Stage.REFUSING.next(0.929)).isEqualTo(Stage.CLOSING);
    assertThat(Stage.HURRIED.next(0.84)).isEqualTo(Stage.HURRIED);
    assertThat(Stage.SHEDDING.next(0.5)).isEqualTo(Stage.CALM);
  }

  @Test
  void connectionsAreBoundedByFilesAndMemory() {
    assertThat(ConnectionLimit.of(Long.MAX_VALUE, Long.MAX_VALUE)).isEqualTo(50_000);
    assertThat(ConnectionLimit.of(20_000, Long.MAX_VALUE)).isEqualTo(10_000);
    assertThat(ConnectionLimit.of(1 << 20, 256L << 20)).isEqualTo(2_048);
  }
}
