package dev.lintel.ingress.feature.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ClientLimitsTest {
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  @Test
  void aClientMayComeOnceAndItsBurstAtOnce() {
    ClientBuckets buckets = new ClientBuckets(2, 3);
    long now = System.nanoTime();
    assertThat(admitted(buckets, 1, now, 10)).isEqualTo(4);
    assertThat(admitted(buckets, 2, now, 10)).as("another client").isEqualTo(4);
    assertThat(admitted(buckets, 1, now + SECOND, 10)).as("a second later").isEqualTo(2);
    assertThat(admitted(buckets, 1, now + 60 * SECOND, 10)).as("a minute later").isEqualTo(4);
  }

  @Test
  void aRateBelowOneASecondHolds() {
    ClientBuckets buckets = new ClientBuckets(6.0 / 60, 0);
    long now = System.nanoTime();
    assertThat(admitted(buckets, 1, now, 3)).isEqualTo(1);
    assertThat(admitted(buckets, 1, now + 9 * SECOND, 3)).isZero();
    assertThat(admitted(buckets, 1, now + 10 * SECOND, 3)).isEqualTo(1);
  }

  @Test
  void aFloodOfAddressesKeepsMemoryAndClosesNobodyOut() {
    ClientTable table = new ClientTable((present, change) -> present + change, 0, 1 << 12);
    Random random = new Random(7);
    for (int i = 0; i < 1_000_000; i++) {
      assertThat(table.apply(random.nextLong(), random.nextLong(), 1)).isTrue();
    }
    assertThat(table.size()).isBetween(1 << 11, 1 << 12);
  }

  @Test
  void countsAreExactForManyClients() {
    ClientCounts counts = new ClientCounts(2);
    for (long client = 0; client < 5_000; client++) {
      assertThat(counts.enter(client, client * 31)).isTrue();
      assertThat(counts.enter(client, client * 31)).isTrue();
      assertThat(counts.enter(client, client * 31)).isFalse();
    }
    assertThat(counts.clients()).isEqualTo(5_000);
    for (long client = 0; client < 5_000; client++) {
      counts.leave(client, client * 31);
      assertThat(counts.enter(client, client * 31)).isTrue();
      counts.leave(client, client * 31);
      counts.leave(client, client * 31);
    }
    assertThat(counts.clients()).isZero();
  }

  @Test
  void twoThreadsTakeNoMoreThanTheLimit() throws InterruptedException {
    ClientBuckets buckets = new ClientBuckets(1, 99);
    long now = System.nanoTime();
    int[] admitted = new int[2];
    Thread[] threads = new Thread[2];
    for (int t = 0; t < 2; t++) {
      int own = t;
      threads[t] = new Thread(() -> admitted[own] = admitted(buckets, 1, now, 10_000));
      threads[t].start();
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(admitted[0] + admitted[1]).isEqualTo(100);
  }

  private static int admitted(ClientBuckets buckets, long client, long now, int tries) {
    int count = 0;
    for (int i = 0; i < tries; i++) {
      count += buckets.admit(0, client, now) ? 1 : 0;
    }
    return count;
  }
}
