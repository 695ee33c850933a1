package dev.lintel.proxy.overload;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ConnectionLimitTest {
  private static final long MIB = 1L << 20;

  @Test
  void isTheSmallestOfThree() {
    assertThat(ConnectionLimit.of(Long.MAX_VALUE, Long.MAX_VALUE)).isEqualTo(50_000);
    assertThat(ConnectionLimit.of(20_000, Long.MAX_VALUE)).isEqualTo(10_000);
    assertThat(ConnectionLimit.of(1 << 20, 384 * MIB)).isEqualTo(3_072);
    assertThat(ConnectionLimit.of(1_024, 384 * MIB)).isEqualTo(512);
  }

  @Test
  void isFoundForThisProcess() {
    assertThat(ConnectionLimit.find()).isBetween(1, 50_000);
    assertThat((long) ConnectionLimit.find()).isLessThanOrEqualTo(OpenFiles.limit() / 2);
  }
}
